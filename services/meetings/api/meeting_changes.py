"""The JSON API: meetings that are moved, cancelled or reopened."""

from __future__ import annotations

from typing import Any

from flask import g
from marshmallow import fields, validate

from services.meetings.api import api
from services.meetings.commands import meeting_changes
from services.meetings.queries.meeting_changes import ChangeView, get_change, page_changes
from services.meetings.queries.scope import MEMBER_ROLES, STAFF_ROLES
from shared.security.access import requires_key
from shared.web.api_fields import UUID, Choice, Date, Instant, Integer, Time, absent, max_length
from shared.web.api_schemas import PageQuery, RequestSchema, ResponseSchema

CHANGES = {"moved": "verplaatst", "cancelled": "gaat-niet-door", "reopened": "gaat-toch-door"}


class ChangeResponse(ResponseSchema):
    """A change of one meeting."""

    resource = "Wijziging"
    id = UUID(metadata={"description": "Het kenmerk van de wijziging."})
    meeting_id = UUID(data_key="bijeenkomstId", metadata={"description": "Van welke bijeenkomst."})
    organisation_id = UUID(data_key="organisatieId", metadata={"description": "Van welke organisatie."})
    kind = Choice(CHANGES, data_key="soort", metadata={"description": "Wat er veranderde."})
    old_on = Date(
        data_key="oudeDatum", allow_none=True, metadata={"description": "De dag van voor het verplaatsen."}
    )
    old_at = Time(
        data_key="oudeTijd", allow_none=True, metadata={"description": "De tijd van voor het verplaatsen."}
    )
    at = Instant(data_key="gewijzigdOp", metadata={"description": "Wanneer het veranderd is."})


class PlaceRequest(RequestSchema):
    """Another place, for this once."""

    resource = "AnderePlek"
    name = fields.String(
        data_key="naam", required=True, validate=max_length(120), metadata={"description": "Hoe de plek heet."}
    )
    address = fields.String(
        data_key="adres",
        required=True,
        validate=max_length(200),
        metadata={"description": "Straat, nummer en plaats."},
    )


class ChangeRequest(RequestSchema):
    """What is to change about one meeting. What is left out stays; a moment and a place are for one that moves."""

    resource = "NieuweWijziging"
    meeting_id = UUID(data_key="bijeenkomstId", required=True, metadata={"description": "Van welke bijeenkomst."})
    kind = Choice(CHANGES, data_key="soort", required=True, metadata={"description": "Wat er verandert."})
    on = Date(data_key="datum", metadata={"description": "De nieuwe dag."})
    at = Time(data_key="tijd", metadata={"description": "De nieuwe tijd, op de klok van de plek."})
    minutes = Integer(
        data_key="minuten",
        validate=validate.Range(*meeting_changes.MINUTES),
        metadata={"description": "Hoe lang het duurt."},
    )
    place = fields.Nested(
        PlaceRequest,
        data_key="plek",
        allow_none=True,
        metadata={"description": "Waar, deze keer; null is de gewone plek van de groep."},
    )


class ChangesFilter(PageQuery):
    """Which changes."""

    meeting_id = UUID(
        data_key="bijeenkomstId", load_default=absent, metadata={"description": "Alleen van deze bijeenkomst."}
    )


@api.list_route(
    "/wijzigingen",
    ChangeResponse,
    query=ChangesFilter,
    description="Opvragen welke bijeenkomsten verplaatst zijn, niet of toch doorgaan. De oudste staat vooraan.",
)
@requires_key(*STAFF_ROLES)
def list_changes(*, after: str | None, limit: int, meeting_id: str | None) -> list[ChangeView]:
    """Return changes of meetings, of the organisations of this key."""
    return page_changes(g.actor, after=after, limit=limit, meeting_id=meeting_id)


@api.get_route("/wijzigingen/<uuid:id>", ChangeResponse, description="Eén wijziging opvragen.")
@requires_key(*STAFF_ROLES)
def read_change(id: str) -> ChangeView:
    """Return one change."""
    return get_change(g.actor, id)


@api.create_route(
    "/wijzigingen",
    ChangeRequest,
    ChangeResponse,
    description="Een bijeenkomst verplaatsen, afzeggen of toch laten doorgaan. De rest van de reeks blijft zo.",
)
@requires_key(*MEMBER_ROLES)
def change_meeting(*, kind: str, meeting_id: str, request_id: str, **body: Any) -> ChangeView:
    """Move, cancel or reopen one meeting."""
    if kind == "moved":
        if body.get("place"):
            body["place"] = (body["place"]["name"], body["place"]["address"])
        change_id = meeting_changes.move_meeting(g.actor, meeting_id=meeting_id, **body, request_id=request_id)
    elif kind == "cancelled":
        change_id = meeting_changes.cancel_meeting(g.actor, meeting_id=meeting_id, request_id=request_id)
    else:
        change_id = meeting_changes.reopen_meeting(g.actor, meeting_id=meeting_id, request_id=request_id)
    return get_change(g.actor, change_id)
