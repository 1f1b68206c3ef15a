"""The JSON API of a service, by the NLGov REST API Design Rules 2.2: lists, single things, and making one.

A route is written `@api.many("/dingen", Thing, about="Dutch")` with `@asks_key(...)` nearest to the function.
Input is read whole before the function is called, so that everything that is wrong is said at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Flask, Response, current_app, request
from flask_smorest import Blueprint

from shared.errors import Refusal
from shared.settings import ServiceSettings
from shared.web import problems
from shared.web.api_document import About, make_document, version_header
from shared.web.api_input import REPEAT_HEADER, InputWrong, as_input, read_input
from shared.web.api_shapes import PageAsked, Shape, Told, page_of

F = TypeVar("F", bound=Callable[..., Any])
_ALWAYS = (400, 401, 403, 500, 503)
_PATH_ID = re.compile(r"<uuid:(\w+)>")
_REPEAT = {
    "in": "header", "name": REPEAT_HEADER, "required": True, "schema": {"type": "string", "format": "uuid"},
    "description": "Een nieuwe UUID voor elk verzoek. Wie hetzelfde verzoek met dezelfde sleutel en dezelfde UUID"
    " opnieuw stuurt, krijgt het eerste antwoord terug; er gebeurt niets dubbel. Wie er iets anders mee vraagt,"
    " krijgt 422. Dit geldt zeven dagen.",
}  # fmt: skip


class Resources(Blueprint):
    """The resources of one service, below /api/<noun>/v<major>."""

    def __init__(self, noun: str, about: About) -> None:
        self.about = about
        self.prefix = f"/api/{noun}/v{about.version.partition('.')[0]}"
        super().__init__(noun, __name__, url_prefix=self.prefix, description=about.description)

    def many(
        self, path: str, shape: type[Told], *, about: str, filters: type[PageAsked] = PageAsked
    ) -> Callable[[F], F]:
        """A list, page by page. The view gets what `filters` read and gives rows in the order of their id.

        It is asked for one row more than is shown, which tells whether there is a next page.
        """

        def mark(view: F) -> F:
            @wraps(view)
            def read(**ids: Any) -> Mapping[str, Any]:
                asked = read_input(filters())
                limit = asked.pop("limit")
                return _page(view(**_text(ids), **asked, limit=limit + 1), limit)

            self._serve(path, "GET", read, about, answers=(200, page_of(shape)), query=filters)
            return view

        return mark

    def one(self, path: str, shape: type[Told], *, about: str) -> Callable[[F], F]:
        """One thing, by the `id` in its path."""

        def mark(view: F) -> F:
            @wraps(view)
            def read(**ids: Any) -> Any:
                read_input(Shape())
                return view(**_text(ids))

            self._serve(path, "GET", read, about, answers=(200, shape))
            return view

        return mark

    def made(self, path: str, asked: type[Shape], shape: type[Told], *, about: str) -> Callable[[F], F]:
        """Making one. The view gets what was asked and `request_id`, and gives the thing that was made.

        A refusal that is about one of the properties is told as input that is not right.
        """

        def mark(view: F) -> F:
            @wraps(view)
            def make(**ids: Any) -> tuple[Any, int, dict[str, str]]:
                told = read_input(Shape(), asked(), is_repeatable=True)
                try:
                    made = view(**_text(ids), **told)
                except Refusal as refusal:
                    raise as_input(refusal, asked()) from refusal
                return made, 201, {"Location": f"{request.path}/{made.id}"}

            self._serve(path, "POST", make, about, answers=(201, shape), body=asked)
            return view

        return mark

    def _serve(
        self, path: str, method: str, view: Callable[..., Any], about: str, *, answers: tuple[int, type[Told]],
        query: type[Shape] | None = None, body: type[Shape] | None = None,
    ) -> None:  # fmt: skip
        told = self.response(*answers, description="Gelukt.", headers=_headers(answers[0]))(view)
        for status in (*_ALWAYS, *([404] if "<" in path or body else []), *([409, 413, 415, 422] if body else [])):
            told = self.alt_response(status, HTTPStatus(status).name)(told)
        told._apidoc["arguments"] = {"parameters": _parameters(query, body)}
        first, _, _ = about.partition(".")
        told = self.doc(operationId=_camel(view.__name__), summary=f"{first}.", description=about)(told)
        self.route(path, methods=[method], parameters=[_path_id(name) for name in _PATH_ID.findall(path)])(told)


def serve_api(app: Flask, settings: ServiceSettings, resources: Resources) -> None:
    """Add the resources and their document to the app."""
    texts = app.extensions["texts"]

    @app.errorhandler(InputWrong)
    def wrong_input(error: InputWrong) -> Response:
        title, detail = texts.text("headings", 400), texts.program_text("refusals", "invalid")
        return problems.problem(400, error.code, title, detail, error.wrong)

    @app.after_request
    def say_version(response: Response) -> Response:
        if request.path.startswith("/api/"):
            response.headers["API-Version"] = resources.about.version
            if response.status_code == 401:
                response.headers["WWW-Authenticate"] = "Bearer"
        return response

    make_document(app, settings, resources.about, resources.prefix).register_blueprint(resources)
    app.config["API_ADDRESS"] = settings.public_url


def _page(rows: Iterable[Any], limit: int) -> dict[str, Any]:
    found = list(rows)
    shown, is_more = found[:limit], len(found) > limit
    here = f"{current_app.config['API_ADDRESS']}{request.path}"
    asked = [(name, value) for name, value in request.args.items(multi=True) if name != "na"]
    links = {"here": _address(here, request.args.items(multi=True)), "onward": None}
    if is_more:
        links["onward"] = _address(here, [*asked, ("na", shown[-1].id)])
    return {"items": shown, "links": links}


def _address(path: str, query: Iterable[tuple[str, str]]) -> str:
    text = urlencode(list(query))
    return f"{path}?{text}" if text else path


def _path_id(name: str) -> dict[str, str]:
    """`id` is of the thing that is asked for; another one says of what it is."""
    whose = "" if name == "id" else f" van de {name}"
    return {"in": "path", "name": name, "description": f"Het kenmerk{whose}, een UUID."}


def _parameters(query: type[Shape] | None, body: type[Shape] | None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [{"in": "query", "schema": query, "required": False}] if query else []
    if body:
        found += [dict(_REPEAT), {"in": "json", "required": True, "schema": body}]
    return found


def _headers(status: int) -> dict[str, Any]:
    where = {"Location": {"description": "Het adres van wat er gemaakt is.", "schema": {"type": "string"}}}
    return version_header() | (where if status == 201 else {})


def _text(ids: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in ids.items()}


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
