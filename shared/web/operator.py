"""The operator interface of a service over HTTP: `/operator/<service>/…`, asked by a service for somebody.

Two proofs are required: a token of the service that asks, and a pass of the person for whom, in which the sign-in
service vouches for them. No reverse proxy passes this on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Flask, g, request
from flask.typing import ResponseReturnValue
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from shared.errors import Forbidden, Invalid
from shared.messaging.event_inspector import EventInspector
from shared.messaging.event_trace_schemas import (
    ConsumptionSchema,
    EventFilterSchema,
    FailuresSchema,
    PublishedDetailsSchema,
    PublishedPageSchema,
)
from shared.messaging.operator import PASS_HEADER, PATH, ROLE
from shared.security import passes
from shared.security.access import requires_service
from shared.security.actor import Actor
from shared.service import Service
from shared.web.entrance import UnfitText, is_fit_json

_MOST_REASON = 200


class _ReplaySchema(Schema):
    reason = fields.String(required=True, validate=validate.Length(1, _MOST_REASON))
    request_id = fields.UUID(required=True)


def serve_operator(app: Flask, service: Service, inspector: EventInspector) -> None:
    """Serve the interface, and keep the inspector as app.extensions["operator"] for pages of this process."""
    pages = Blueprint("operator", __name__, url_prefix=f"{PATH}/{service.name}")

    @pages.get("/published")
    @requires_service()
    def list_published() -> ResponseReturnValue:
        actor = _vouched_actor(service)
        wanted = _load(EventFilterSchema(), request.args)
        return PublishedPageSchema().dump(inspector.list_published(actor, wanted))

    @pages.get("/published/<uuid:event_id>")
    @requires_service()
    def get_published(event_id: str) -> ResponseReturnValue:
        return PublishedDetailsSchema().dump(inspector.get_published(_vouched_actor(service), event_id))

    @pages.get("/consumption/<uuid:event_id>")
    @requires_service()
    def get_consumption(event_id: str) -> ResponseReturnValue:
        return ConsumptionSchema().dump(inspector.get_consumption(_vouched_actor(service), event_id))

    @pages.get("/failures")
    @requires_service()
    def list_failures() -> ResponseReturnValue:
        return FailuresSchema().dump(inspector.list_failures(_vouched_actor(service)))

    @pages.post("/dead-letters/<int:dead_id>/replay")
    @requires_service()
    def replay(dead_id: int) -> ResponseReturnValue:
        actor = _vouched_actor(service)
        given = request.get_json()
        if not is_fit_json(given):
            raise UnfitText()
        body = _load(_ReplaySchema(), given)
        request_id = str(body["request_id"])
        event_id = inspector.replay(actor, dead_id=dead_id, reason=body["reason"], request_id=request_id)
        return {"event_id": event_id}

    app.register_blueprint(pages)
    app.extensions["operator"] = inspector


def _vouched_actor(service: Service) -> Actor:
    actor = passes.check(service.encryption.keyring, request.headers.get(PASS_HEADER, ""))
    if actor is None or not actor.is_staff or ROLE not in actor.roles:
        raise Forbidden()
    g.actor = actor
    return actor


def _load(schema: Schema, values: Mapping[str, object]) -> Any:
    try:
        return schema.load(values, unknown=EXCLUDE)
    except ValidationError as error:
        messages = error.messages if isinstance(error.messages, dict) else {"": error.messages}
        raise Invalid({str(name): list(map(str, texts)) for name, texts in messages.items()}) from None
