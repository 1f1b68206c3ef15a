"""What comes in with a request to the JSON API, read whole, so that everything that is wrong is said at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import current_app, request
from marshmallow import ValidationError, fields
from webargs.multidictproxy import MultiDictProxy
from werkzeug.exceptions import BadRequest

from shared.errors import Refusal
from shared.ids import is_id
from shared.web.api_shapes import Shape
from shared.web.text import text

Wrong = list[dict[str, Any]]
REPEAT_HEADER = "Idempotency-Key"


class InputWrong(Refusal):
    """What came in is not right; `wrong` says of each part where it stands and what may be mended."""

    status = 400

    def __init__(self, wrong: Wrong, code: str = "invalid") -> None:
        super().__init__(code)
        self.wrong = wrong


def read_input(query: Shape, body: Shape | None = None, *, is_repeatable: bool = False) -> dict[str, Any]:
    """Everything of this request; raises InputWrong with all that is wrong, or what werkzeug says of the body."""
    wrong: Wrong = []
    found = _loaded(query, MultiDictProxy(request.args, query), "query", wrong)
    for name in [name for name, values in request.args.lists() if len(values) > 1 and not _is_list(query, name)]:
        wrong.append({"in": "query", "location": {"name": name}, "detail": "Dit mag er één keer staan."})
    if body is not None:
        found |= _loaded(body, _json(wrong), "body", wrong)
    if is_repeatable:
        found["request_id"] = _request_id(wrong)
    if wrong:
        raise InputWrong(wrong)
    return found


def _loaded(shape: Shape, data: Any, where: str, wrong: Wrong) -> dict[str, Any]:
    try:
        return {} if data is None else dict(shape.load(data))
    except ValidationError as error:
        for steps, said in _leaves(error.messages):
            pointer = "".join(f"/{step}" for step in steps)
            location = {"pointer": pointer} if where == "body" else {"name": ".".join(steps)}
            wrong.append({"in": where, "location": location, "detail": said})
        return {}


def _json(wrong: Wrong) -> Any:
    """What is in the body, or None when it cannot be read. Half a surrogate pair is no text that can be kept."""
    try:
        found = request.get_json()
        current_app.json.dumps(found, ensure_ascii=False).encode()
    except (BadRequest, RecursionError, UnicodeEncodeError):
        wrong.append({"in": "body", "location": {"pointer": ""}, "detail": "Deze JSON is niet te lezen."})
        return None
    return [] if found is None else found


def _request_id(wrong: Wrong) -> str:
    given = request.headers.get(REPEAT_HEADER, "").strip('"').lower()
    if not is_id(given):
        said = "Geef een nieuwe UUID mee." if not given else "Hier hoort een UUID."
        wrong.append({"in": "header", "location": {"name": REPEAT_HEADER}, "detail": said})
    return given


def as_input(refusal: Refusal, asked: Shape) -> Refusal:
    """The same refusal, as input that is not right when it is about a property of what was asked."""
    field = asked.fields.get(str(refusal.facts.get("field")))
    if refusal.status != 409 or field is None:
        return refusal
    detail = text("refusals", refusal.code, **refusal.facts)
    return InputWrong(
        [{"in": "body", "location": {"pointer": f"/{field.data_key}"}, "detail": detail}], refusal.code
    )


def _leaves(said: Any, steps: tuple[str, ...] = ()) -> Iterable[tuple[tuple[str, ...], str]]:
    """Every sentence with the way to it; `_schema` stands for the object itself."""
    if isinstance(said, dict):
        for step, inside in said.items():
            here = str(step).replace("~", "~0").replace("/", "~1")
            yield from _leaves(inside, steps if step == "_schema" else (*steps, here))
    else:
        yield from ((steps, str(one)) for one in said)


def _is_list(shape: Shape, name: str) -> bool:
    return any(field.data_key == name and isinstance(field, fields.List) for field in shape.fields.values())
