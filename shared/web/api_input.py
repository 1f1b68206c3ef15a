"""The input of a request to the JSON API, read whole, so that all errors are given at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import request
from marshmallow import Schema, ValidationError, fields
from webargs.multidictproxy import MultiDictProxy
from werkzeug.exceptions import BadRequest

from shared.errors import Refusal
from shared.ids import is_id
from shared.web.entrance import is_fit_json
from shared.web.problems import InputError
from shared.web.text import text

IDEMPOTENCY_HEADER = "Idempotency-Key"


class InvalidInput(Refusal):
    """Refuse input with all that is wrong with it."""

    status = 400

    def __init__(self, errors: list[InputError], code: str = "invalid") -> None:
        super().__init__(code)
        self.errors = errors


def read_input(query: Schema, body: Schema | None = None, *, is_idempotent: bool = False) -> dict[str, object]:
    """Return all values of this request, with `request_id` for an idempotent one. Raises InvalidInput."""
    errors: list[InputError] = []
    values = _load(query, MultiDictProxy(request.args, query), "query", errors)
    for name, given in request.args.lists():
        if len(given) > 1 and not _is_list(query, name):
            errors.append({"in": "query", "location": {"name": name}, "detail": "Dit mag er één keer staan."})
    if body is not None:
        values |= _load(body, _read_json(errors), "body", errors)
    if is_idempotent:
        values["request_id"] = _read_request_id(errors)
    if errors:
        raise InvalidInput(errors)
    return values


def _load(schema: Schema, data: Any, where: str, errors: list[InputError]) -> dict[str, object]:
    try:
        return {} if data is None else dict(schema.load(data))
    except ValidationError as error:
        for steps, message in _messages(error.messages):
            pointer = "".join(f"/{step}" for step in steps)
            location = {"pointer": pointer} if where == "body" else {"name": ".".join(steps)}
            errors.append({"in": where, "location": location, "detail": message})
        return {}


def _read_json(errors: list[InputError]) -> object:
    """Return the body, or None when it cannot be read or stored."""
    try:
        body = request.get_json()
        is_readable = is_fit_json(body)
    except (BadRequest, RecursionError):
        is_readable = False
    if not is_readable:
        errors.append({"in": "body", "location": {"pointer": ""}, "detail": "Deze JSON is niet te lezen."})
        return None
    return [] if body is None else body


def _read_request_id(errors: list[InputError]) -> str:
    given = request.headers.get(IDEMPOTENCY_HEADER, "").strip('"').lower()
    if not is_id(given):
        detail = "Geef een nieuwe UUID mee." if not given else "Hier hoort een UUID."
        errors.append({"in": "header", "location": {"name": IDEMPOTENCY_HEADER}, "detail": detail})
    return given


def as_invalid_input(refusal: Refusal, body: Schema) -> Refusal:
    """Return the refusal as invalid input when it is about a property of the body, or else itself."""
    field = body.fields.get(str(refusal.facts.get("field")))
    if refusal.status != 409 or field is None:
        return refusal
    detail = text("refusals", refusal.code, **refusal.facts)
    location = {"pointer": f"/{field.data_key or field.name}"}
    return InvalidInput([{"in": "body", "location": location, "detail": detail}], refusal.code)


def _messages(nested: object, steps: tuple[str, ...] = ()) -> Iterable[tuple[tuple[str, ...], str]]:
    """List every message with the steps to its place; `_schema` stands for the object itself."""
    if isinstance(nested, dict):
        for step, inside in nested.items():
            here = str(step).replace("~", "~0").replace("/", "~1")
            yield from _messages(inside, steps if step == "_schema" else (*steps, here))
    elif isinstance(nested, Iterable):
        yield from ((steps, str(message)) for message in nested)


def _is_list(schema: Schema, name: str) -> bool:
    return any(
        (field.data_key or field.name) == name and isinstance(field, fields.List)
        for field in schema.fields.values()
    )
