"""The JSON API of meetings: one meeting that is moved, is off, or goes on after all."""

from __future__ import annotations

from typing import Any

from flask import g

from services.meetings.api import api
from services.meetings.commands import meeting_changes
from services.meetings.queries.meeting_changes import ChangeView, get_change, page_changes
from services.meetings.queries.scope import MEMBER_ROLES, STAFF_ROLES
from shared.security.access import requires_key
from shared.web.api_shapes import (
    Day,
    Hour,
    Id,
    Moment,
    Number,
    PageAsked,
    Part,
    Shape,
    Text,
    Told,
    Word,
    at_most,
    nothing,
)

CHANGES = {"moved": "verplaatst", "cancelled": "gaat-niet-door", "reopened": "gaat-toch-door"}


class ChangeResponse(Told):
    """That a meeting goes otherwise than planned."""

    resource = "Wijziging"
    id = Id("id", "Het kenmerk van de wijziging.")
    meeting_id = Id("bijeenkomstId", "Van welke bijeenkomst.")
    organisation_id = Id("organisatieId", "Van welke organisatie.")
    kind = Word("soort", "Wat er veranderde.", CHANGES)
    old_on = Day("oudeDatum", "De dag van voor het verplaatsen.", allow_none=True)
    old_at = Hour("oudeTijd", "De tijd van voor het verplaatsen.", allow_none=True)
    at = Moment("gewijzigdOp", "Wanneer het veranderd is.")


class PlaceRequest(Shape):
    """Another place, for this once."""

    resource = "AnderePlek"
    name = Text("naam", "Hoe de plek heet.", required=True, validate=at_most(120))
    address = Text("adres", "Straat, nummer en plaats.", required=True, validate=at_most(200))


class ChangeRequest(Shape):
    """What is to change about one meeting. What is left out stays; a moment and a place are for one that moves."""

    resource = "NieuweWijziging"
    meeting_id = Id("bijeenkomstId", "Van welke bijeenkomst.", required=True)
    kind = Word("soort", "Wat er verandert.", CHANGES, required=True)
    on = Day("datum", "De nieuwe dag.")
    at = Hour("tijd", "De nieuwe tijd, op de klok van de plek.")
    minutes = Number("minuten", "Hoe lang het duurt.")
    place = Part("plek", "Waar, deze keer; null is de gewone plek van de groep.", PlaceRequest, allow_none=True)


class ChangesFilter(PageAsked):
    """Which changes."""

    meeting_id = Id("bijeenkomstId", "Alleen van deze bijeenkomst.", load_default=nothing)


@api.many(
    "/wijzigingen", ChangeResponse, filters=ChangesFilter,
    about="Opvragen welke bijeenkomsten verplaatst zijn, niet of toch doorgaan. De oudste staat vooraan.",
)  # fmt: skip
@requires_key(*STAFF_ROLES)
def list_changes(**query: Any) -> list[ChangeView]:
    """Return changes of meetings, of the organisations of this key."""
    return page_changes(g.actor, **query)


@api.one("/wijzigingen/<uuid:id>", ChangeResponse, about="Eén wijziging opvragen.")
@requires_key(*STAFF_ROLES)
def read_change(id: str) -> ChangeView:
    """Return one change."""
    return get_change(g.actor, id)


@api.made(
    "/wijzigingen", ChangeRequest, ChangeResponse,
    about="Een bijeenkomst verplaatsen, afzeggen of toch laten doorgaan. De rest van de reeks blijft zo.",
)  # fmt: skip
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
