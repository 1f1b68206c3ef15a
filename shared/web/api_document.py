"""The OpenAPI document of a JSON API, generated from the code, with its problem documents (RFC 9457)."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Blueprint, Flask, Response, json
from flask_smorest import Api
from flask_smorest.spec.plugins import FlaskPlugin
from marshmallow import Schema
from werkzeug.routing import Rule

from shared.security.access import public
from shared.settings import ServiceSettings

_PROBLEM = "application/problem+json"
KEY = "sleutel"
_KEY_SCHEME = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "Een sleutel die de beheerder maakt met `./houvast token`: hij geldt een aantal uren, voor"
    " bepaalde rollen bij bepaalde organisaties.",
}
_VERSION_HEADER = {
    "description": "Het volledige versienummer van deze API.",
    "schema": {"type": "string", "example": "1.0.0"},
}
_TEXT, _WHOLE = {"type": "string"}, {"type": "integer"}
_RETRY_AFTER = {
    "Retry-After": {"description": "Over hoeveel seconden deze sleutel weer iets mag vragen.", "schema": _WHOLE}
}
_MEMBERS: dict[str, object] = {
    "status": _WHOLE | {"description": "De HTTP-status."},
    "title": _TEXT | {"description": "Wat er aan de hand is; hetzelfde bij elk probleem van deze soort."},
    "detail": _TEXT | {"description": "Wat er deze keer aan de hand is, en wat helpt."},
    "code": _TEXT | {"description": "Een vast woord voor programma's."},
}
_WRONG_INPUT = {
    "type": "object",
    "required": ["in", "detail"],
    "properties": {
        "in": _TEXT | {"enum": ["body", "query", "header"], "description": "Waar het staat."},
        "location": {
            "type": "object",
            "description": "De plek daarbinnen.",
            "properties": {
                "pointer": _TEXT | {"description": "In de body: een JSON Pointer (RFC 6901)."},
                "name": _TEXT | {"description": "In de query of de kopregels: de naam."},
            },
        },
        "detail": _TEXT | {"description": "Wat er anders kan."},
    },
}
_WRONG_INPUTS = {"type": "array", "items": _WRONG_INPUT, "description": "Alles wat anders kan, in één keer."}


@dataclass(frozen=True)
class About:
    """What the document says about the whole API, in Dutch; `version` is major.minor.patch."""

    title: str
    description: str
    version: str


class Document(Api):
    """The document of flask-smorest; failures are answered by `shared.web.problems`, as those of pages are."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        """Register none: they would answer for the pages of the same app too."""

    def _register_doc_blueprint(self) -> None:
        """Register none: a route of ours declares its access rule."""

    def _register_responses(self) -> None:
        components = self.spec.components
        components.security_scheme(KEY, _KEY_SCHEME)
        components.header("ApiVersion", _VERSION_HEADER)
        components.schema("Probleem", _problem())
        components.schema("OnjuisteInvoer", _problem(errors=_WRONG_INPUTS))
        texts = self._app.extensions["texts"]
        for status in HTTPStatus:
            schema = "OnjuisteInvoer" if status == HTTPStatus.BAD_REQUEST else "Probleem"
            response = {
                "description": texts.program_text("headings", status.value),
                "headers": version_header() | (_RETRY_AFTER if status == HTTPStatus.TOO_MANY_REQUESTS else {}),
                "content": {_PROBLEM: {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
            }
            components.response(status.name, response, lazy=True)


class _Paths(FlaskPlugin):
    """Paths without the prefix, which is in the address of the server already."""

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self._prefix = prefix

    def path_helper(self, rule: Rule, operations: object, parameters: object, **kwargs: object) -> str:
        path: str = super().path_helper(rule, operations, parameters, **kwargs)
        return path.removeprefix(self._prefix)


def make_document(app: Flask, settings: ServiceSettings, about: About, prefix: str) -> Document:
    """Make the document of an API below `prefix` and serve it at openapi.json to everybody."""
    contact = {"name": f"Beheer van {about.title}", "url": settings.public_url}
    if settings.contact_email:
        contact["email"] = settings.contact_email
    document = Document(
        app,
        spec_kwargs={
            "title": about.title,
            "version": about.version,
            "openapi_version": "3.1.0",
            "info": {"description": about.description, "contact": contact},
            "servers": [{"url": settings.public_url + prefix}],
            "security": [{KEY: []}],
            "flask_plugin": _Paths(prefix),
            "marshmallow_plugin": MarshmallowPlugin(schema_name_resolver=_name),
        },
    )
    app.register_blueprint(_document_route(document, prefix))
    return document


def version_header() -> dict[str, object]:
    """Return what the document says about the header that every response has."""
    return {"API-Version": {"$ref": "#/components/headers/ApiVersion"}}


def _document_route(document: Document, prefix: str) -> Blueprint:
    routes = Blueprint("api_document", __name__, url_prefix=prefix)

    @routes.get("/openapi.json")
    @public("how to ask is no secret, and tools read it before they have a key")
    def openapi() -> Response:
        text = json.dumps(document.spec.to_dict(), sort_keys=False, ensure_ascii=False)
        return Response(text, content_type="application/json", headers={"Access-Control-Allow-Origin": "*"})

    return routes


def _problem(**more: object) -> dict[str, object]:
    required = ["status", "title", "detail", *more]
    return {"type": "object", "required": required, "properties": _MEMBERS | more}


def _name(schema: type[Schema] | Schema) -> str:
    """Return what the document calls a schema; empty when it is written out on the spot."""
    return str(getattr(schema, "resource", ""))
