"""The events of a service, for whoever minds them: `/operator/<service>/…`, asked by a service for somebody.

Two proofs are asked: a token of the service that asks, and a pass of the person for whom, in which the sign-in
service
vouches for them. No reverse proxy passes this on.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, g, request
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from shared.errors import Forbidden, Invalid
from shared.messaging.event_inspector import EventInspector
from shared.messaging.operator import MOST, PASS_HEADER, PATH, ROLE
from shared.security import passes
from shared.security.access import requires_service
from shared.security.actor import Actor
from shared.service import Service

_MOST_REASON = 200


class _Replay(Schema):
    """Why an event should be tried again."""

    reason = fields.String(required=True, validate=validate.Length(1, _MOST_REASON))
    request_id = fields.UUID(required=True)


class _Asked(Schema):
    """How the list of what was said may be narrowed."""

    name = fields.String(validate=validate.Regexp(r"^[a-z_]{1,60}$"))
    subject_id = fields.UUID()
    since = fields.AwareDateTime()
    before = fields.UUID()
    trace = fields.String(validate=validate.Regexp(r"^[0-9a-f-]{1,60}$"))
    around = fields.UUID()
    limit = fields.Integer(validate=validate.Range(1, MOST))


def serve_operator(app: Flask, service: Service, operator: EventInspector) -> None:
    """Serve them, and have them at hand for pages of this process."""
    pages = Blueprint("operator", __name__, url_prefix=f"{PATH}/{service.name}")

    @pages.get("/said")
    @requires_service()
    def said() -> Any:
        actor = _for_whom(service)
        try:
            asked = _Asked(unknown=EXCLUDE).load(request.args)
        except ValidationError as wrong:
            raise Invalid(_by_field(wrong)) from None
        return operator.said(actor, **{key: one if key == "limit" else str(one) for key, one in asked.items()})

    @pages.get("/said/<uuid:event_id>")
    @requires_service()
    def event(event_id: Any) -> Any:
        return operator.event(_for_whom(service), str(event_id))

    @pages.get("/heard/<uuid:event_id>")
    @requires_service()
    def heard(event_id: Any) -> Any:
        return operator.heard(_for_whom(service), str(event_id))

    @pages.get("/stuck")
    @requires_service()
    def stuck() -> Any:
        return operator.stuck(_for_whom(service))

    @pages.post("/dead/<int:dead_id>/replay")
    @requires_service()
    def replay(dead_id: int) -> Any:
        actor = _for_whom(service)
        try:
            asked = _Replay(unknown=EXCLUDE).load(request.get_json())
        except ValidationError as wrong:
            raise Invalid(_by_field(wrong)) from None
        told = {"reason": asked["reason"], "request_id": str(asked["request_id"])}
        return {"event_id": operator.replay(actor, dead_id=dead_id, **told)}

    app.register_blueprint(pages)
    app.extensions["operator"] = operator


def _for_whom(service: Service) -> Actor:
    actor = passes.check(service.encryption.keyring, request.headers.get(PASS_HEADER, ""))
    if actor is None or not actor.is_staff or ROLE not in actor.roles:
        raise Forbidden()
    g.actor = actor
    return actor


def _by_field(wrong: ValidationError) -> dict[str, list[str]]:
    if isinstance(wrong.messages, dict):
        return {str(name): [str(one) for one in said] for name, said in wrong.messages.items()}
    return {"": [str(one) for one in wrong.messages]}
