"""The JSON API: meetings."""

from __future__ import annotations

from typing import Any

from flask import g

from services.meetings.api import api
from services.meetings.queries.meetings import MeetingResource, get_meeting_resource, page_meetings
from services.meetings.queries.scope import STAFF_ROLES
from shared.security.access import requires_key
from shared.web.api_shapes import Day, Hour, Id, Moment, Number, PageAsked, Text, Told, Word, nothing

MEETING_KINDS = {
    "opening": "eerste", "regular": "gewoon", "closing": "laatste", "activity": "activiteit",
    "seminar": "themadag",
}  # fmt: skip
MEETING_STATES = {
    "planned": "gepland", "cancelled": "gaat-niet-door", "took_place": "geweest",
    "did_not_take_place": "niet-geweest", "not_reported": "niet-gemeld",
}  # fmt: skip


class MeetingResponse(Told):
    """A meeting."""

    resource = "Bijeenkomst"
    id = Id("id", "Het kenmerk van de bijeenkomst.")
    organisation_id = Id("organisatieId", "Van welke organisatie.")
    group_id = Id("groepId", "Van welke groep.")
    kind = Word("soort", "Wat voor bijeenkomst het is.", MEETING_KINDS)
    state = Word("status", "Of de bijeenkomst doorgaat of doorging.", MEETING_STATES)
    on = Day("datum", "De dag, op de klok van de plek.")
    at = Hour("tijd", "De tijd, op de klok van de plek.")
    zone = Text("tijdzone", "De naam van die klok (IANA).")
    minutes = Number("minuten", "Hoe lang het duurt.")
    starts_at = Moment("begintOp", "Het begin.")
    ends_at = Moment("eindigtOp", "Het eind.")
    other_place = Text(
        "anderePlek", "Hoe de plek heet, als het deze keer ergens anders is; anders null.", allow_none=True
    )


class MeetingsFilter(PageAsked):
    """Which meetings."""

    state = Word("status", "Alleen met deze status.", MEETING_STATES, load_default=nothing)
    group_id = Id("groepId", "Alleen van deze groep.", load_default=nothing)
    from_day = Day("vanaf", "Alleen op of na deze dag.", load_default=nothing)
    until = Day("totEnMet", "Alleen op of voor deze dag.", load_default=nothing)


@api.many(
    "/bijeenkomsten", MeetingResponse, filters=MeetingsFilter,
    about="Bijeenkomsten opvragen. Wat het eerst gepland werd, staat vooraan.",
)  # fmt: skip
@requires_key(*STAFF_ROLES)
def list_meetings(**query: Any) -> list[MeetingResource]:
    """Return meetings of the organisations of this key."""
    return page_meetings(g.actor, **query)


@api.one("/bijeenkomsten/<uuid:id>", MeetingResponse, about="Eén bijeenkomst opvragen.")
@requires_key(*STAFF_ROLES)
def read_meeting(id: str) -> MeetingResource:
    """Return one meeting."""
    return get_meeting_resource(g.actor, id)
