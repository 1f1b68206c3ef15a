"""The JSON API of a service, by the NLGov REST API Design Rules 2.2: lists, single things, and making one.

A route is written `@api.list_route("/dingen", ThingSchema, description="...")` with `@requires_key(...)` nearest
to the function. Input is read whole before the function is called, so that all errors are given at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Protocol, TypeVar
from urllib.parse import urlencode

from flask import Flask, Response, current_app, g, request
from flask_smorest import Blueprint

from shared.errors import Refusal
from shared.security.rate_limit import KeyLimiter
from shared.settings import ServiceSettings
from shared.web import problems
from shared.web.api_document import About, make_document, version_header
from shared.web.api_input import IDEMPOTENCY_HEADER, InvalidInput, as_invalid_input, read_input
from shared.web.api_schemas import PageQuery, RequestSchema, ResponseSchema, page_schema


class HasId(Protocol):
    """A thing that the API gives."""

    @property
    def id(self) -> str: ...


View = TypeVar("View", bound=Callable[..., object])
ListView = TypeVar("ListView", bound=Callable[..., Iterable[HasId]])
CreateView = TypeVar("CreateView", bound=Callable[..., HasId])
_ALWAYS = (400, 401, 403, 429, 500, 503)
_PATH_ID = re.compile(r"<uuid:(\w+)>")
_IDEMPOTENCY_PARAMETER = {
    "in": "header",
    "name": IDEMPOTENCY_HEADER,
    "required": True,
    "schema": {"type": "string", "format": "uuid"},
    "description": "Een nieuwe UUID voor elk verzoek. Wie hetzelfde verzoek met dezelfde sleutel en dezelfde UUID"
    " opnieuw stuurt, krijgt het eerste antwoord terug; er gebeurt niets dubbel. Wie er iets anders mee vraagt,"
    " krijgt 422. Dit geldt zeven dagen.",
}


class Resources(Blueprint):
    """The resources of one service, below /api/<noun>/v<major>."""

    def __init__(self, noun: str, about: About) -> None:
        self.about = about
        self.prefix = f"/api/{noun}/v{about.version.partition('.')[0]}"
        super().__init__(noun, __name__, url_prefix=self.prefix, description=about.description)

    def list_route(
        self, path: str, schema: type[ResponseSchema], *, description: str, query: type[PageQuery] = PageQuery
    ) -> Callable[[ListView], ListView]:
        """Serve a list, page by page. The view gets what `query` loaded and gives rows in the order of their id.

        It is asked for one row more than is shown, which tells whether there is a next page.
        """

        def decorate(view: ListView) -> ListView:
            @wraps(view)
            def read(**ids: object) -> dict[str, object]:
                values = read_input(query())
                limit = values.pop("limit")
                assert isinstance(limit, int)
                return _page(view(**_as_text(ids), **values, limit=limit + 1), limit)

            self._serve(path, "GET", read, description, response=(200, page_schema(schema)), query=query)
            return view

        return decorate

    def get_route(self, path: str, schema: type[ResponseSchema], *, description: str) -> Callable[[View], View]:
        """Serve one thing, by the `id` in its path."""

        def decorate(view: View) -> View:
            @wraps(view)
            def read(**ids: object) -> object:
                read_input(RequestSchema())
                return view(**_as_text(ids))

            self._serve(path, "GET", read, description, response=(200, schema))
            return view

        return decorate

    def create_route(
        self, path: str, body: type[RequestSchema], schema: type[ResponseSchema], *, description: str
    ) -> Callable[[CreateView], CreateView]:
        """Serve making a thing. The view gets what `body` loaded and `request_id`, and gives what it made.

        A Refusal about one of the properties is answered as invalid input.
        """

        def decorate(view: CreateView) -> CreateView:
            @wraps(view)
            def create(**ids: object) -> tuple[HasId, int, dict[str, str]]:
                values = read_input(RequestSchema(), body(), is_idempotent=True)
                try:
                    created = view(**_as_text(ids), **values)
                except Refusal as refusal:
                    raise as_invalid_input(refusal, body()) from refusal
                return created, 201, {"Location": f"{request.path}/{created.id}"}

            self._serve(path, "POST", create, description, response=(201, schema), body=body)
            return view

        return decorate

    def _serve(
        self,
        path: str,
        method: str,
        view: Callable[..., object],
        description: str,
        *,
        response: tuple[int, type[ResponseSchema]],
        query: type[RequestSchema] | None = None,
        body: type[RequestSchema] | None = None,
    ) -> None:
        documented = self.response(*response, description="Gelukt.", headers=_headers(response[0]))(view)
        for status in (*_ALWAYS, *([404] if "<" in path or body else []), *([409, 413, 415, 422] if body else [])):
            documented = self.alt_response(status, HTTPStatus(status).name)(documented)
        documented._apidoc["arguments"] = {"parameters": _parameters(query, body)}
        summary = description.partition(".")[0] + "."
        documented = self.doc(operationId=_camel(view.__name__), summary=summary, description=description)(
            documented
        )
        ids = [_path_id(name) for name in _PATH_ID.findall(path)]
        self.route(path, methods=[method], parameters=ids)(documented)


def serve_api(app: Flask, settings: ServiceSettings, resources: Resources) -> None:
    """Add the resources and their document to the app."""
    texts = app.extensions["texts"]

    @app.errorhandler(InvalidInput)
    def invalid_input(error: InvalidInput) -> Response:
        title, detail = texts.text("headings", 400), texts.program_text("refusals", "invalid")
        return problems.problem(400, error.code, title, detail, error.errors)

    limiter = KeyLimiter(settings.api_requests_per_minute)

    @app.before_request
    def count_request() -> None:
        access_rule = g.get("access_rule")
        if access_rule is not None and access_rule.kind == "key":
            limiter.count(g.actor.id)

    @app.after_request
    def add_version(response: Response) -> Response:
        if request.path.startswith("/api/"):
            response.headers["API-Version"] = resources.about.version
            if response.status_code == 401:
                response.headers["WWW-Authenticate"] = "Bearer"
        return response

    make_document(app, settings, resources.about, resources.prefix).register_blueprint(resources)
    app.config["API_ADDRESS"] = settings.public_url


def _page(rows: Iterable[HasId], limit: int) -> dict[str, object]:
    all_rows = list(rows)
    shown, is_more = all_rows[:limit], len(all_rows) > limit
    here = f"{current_app.config['API_ADDRESS']}{request.path}"
    filters = [(name, value) for name, value in request.args.items(multi=True) if name != "na"]
    links = {"here": _address(here, request.args.items(multi=True)), "onward": None}
    if is_more:
        links["onward"] = _address(here, [*filters, ("na", shown[-1].id)])
    return {"items": shown, "links": links}


def _address(path: str, query: Iterable[tuple[str, str]]) -> str:
    encoded = urlencode(list(query))
    return f"{path}?{encoded}" if encoded else path


def _path_id(name: str) -> dict[str, str]:
    """Describe an id in the path: `id` is that of the thing itself, any other names what it belongs to."""
    whose = "" if name == "id" else f" van de {name}"
    return {"in": "path", "name": name, "description": f"Het kenmerk{whose}, een UUID."}


def _parameters(query: type[RequestSchema] | None, body: type[RequestSchema] | None) -> list[dict[str, object]]:
    parameters: list[dict[str, object]] = [{"in": "query", "schema": query, "required": False}] if query else []
    if body:
        parameters += [dict(_IDEMPOTENCY_PARAMETER), {"in": "json", "required": True, "schema": body}]
    return parameters


def _headers(status: int) -> dict[str, object]:
    location = {"Location": {"description": "Het adres van wat er gemaakt is.", "schema": {"type": "string"}}}
    return version_header() | (location if status == 201 else {})


def _as_text(ids: Mapping[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in ids.items()}


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
