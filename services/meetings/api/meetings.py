"""The JSON API: meetings."""

from __future__ import annotations

from datetime import date

from flask import g
from marshmallow import fields

from services.meetings.api import api
from services.meetings.queries.meetings import MeetingResource, get_meeting_resource, page_meetings
from services.meetings.queries.scope import STAFF_ROLES
from shared.security.access import requires_key
from shared.web.api_fields import UUID, Choice, Date, Instant, Integer, Time, absent
from shared.web.api_schemas import PageQuery, ResponseSchema

MEETING_KINDS = {
    "opening": "eerste",
    "regular": "gewoon",
    "closing": "laatste",
    "activity": "activiteit",
    "seminar": "themadag",
}
MEETING_STATES = {
    "planned": "gepland",
    "cancelled": "gaat-niet-door",
    "took_place": "geweest",
    "did_not_take_place": "niet-geweest",
    "not_reported": "niet-gemeld",
}


class MeetingResponse(ResponseSchema):
    """A meeting."""

    resource = "Bijeenkomst"
    id = UUID(metadata={"description": "Het kenmerk van de bijeenkomst."})
    organisation_id = UUID(data_key="organisatieId", metadata={"description": "Van welke organisatie."})
    group_id = UUID(data_key="groepId", metadata={"description": "Van welke groep."})
    kind = Choice(MEETING_KINDS, data_key="soort", metadata={"description": "Wat voor bijeenkomst het is."})
    state = Choice(
        MEETING_STATES, data_key="status", metadata={"description": "Of de bijeenkomst doorgaat of doorging."}
    )
    on = Date(data_key="datum", metadata={"description": "De dag, op de klok van de plek."})
    at = Time(data_key="tijd", metadata={"description": "De tijd, op de klok van de plek."})
    zone = fields.String(data_key="tijdzone", metadata={"description": "De naam van die klok (IANA)."})
    minutes = Integer(data_key="minuten", metadata={"description": "Hoe lang het duurt."})
    starts_at = Instant(data_key="begintOp", metadata={"description": "Het begin."})
    ends_at = Instant(data_key="eindigtOp", metadata={"description": "Het eind."})
    other_place = fields.String(
        data_key="anderePlek",
        allow_none=True,
        metadata={"description": "Hoe de plek heet, als het deze keer ergens anders is; anders null."},
    )


class MeetingsFilter(PageQuery):
    """Which meetings."""

    state = Choice(
        MEETING_STATES, data_key="status", load_default=absent, metadata={"description": "Alleen met deze status."}
    )
    group_id = UUID(data_key="groepId", load_default=absent, metadata={"description": "Alleen van deze groep."})
    from_day = Date(data_key="vanaf", load_default=absent, metadata={"description": "Alleen op of na deze dag."})
    until = Date(data_key="totEnMet", load_default=absent, metadata={"description": "Alleen op of voor deze dag."})


@api.list_route(
    "/bijeenkomsten",
    MeetingResponse,
    query=MeetingsFilter,
    description="Bijeenkomsten opvragen. Wat het eerst gepland werd, staat vooraan.",
)
@requires_key(*STAFF_ROLES)
def list_meetings(
    *,
    after: str | None,
    limit: int,
    state: str | None,
    group_id: str | None,
    from_day: date | None,
    until: date | None,
) -> list[MeetingResource]:
    """Return meetings of the organisations of this key."""
    return page_meetings(
        g.actor, after=after, limit=limit, state=state, group_id=group_id, from_day=from_day, until=until
    )


@api.get_route("/bijeenkomsten/<uuid:id>", MeetingResponse, description="Eén bijeenkomst opvragen.")
@requires_key(*STAFF_ROLES)
def read_meeting(id: str) -> MeetingResource:
    """Return one meeting."""
    return get_meeting_resource(g.actor, id)
