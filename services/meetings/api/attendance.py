"""The JSON API: how many came, and marking and counting by a program that leads groups."""

from __future__ import annotations

from flask import g
from marshmallow import validate

from services.meetings.api import api
from services.meetings.commands import access_log
from services.meetings.commands.attendance import MOST_PEOPLE, record_attendance, set_headcount
from services.meetings.queries.attendance import (
    CountResource,
    PresenceResource,
    TurnoutResource,
    get_count,
    get_presence,
    get_turnout,
    page_presence,
)
from services.meetings.queries.meetings import get_meeting_resource
from services.meetings.queries.scope import PRESENCE_ROLES, TURNOUT_ROLES
from shared.security.access import requires_key
from shared.web.api_fields import UUID, Choice, Instant, Integer
from shared.web.api_schemas import RequestSchema, ResponseSchema


class TurnoutResponse(ResponseSchema):
    """How many were there."""

    resource = "Aanwezigheid"
    meeting_id = UUID(data_key="bijeenkomstId", metadata={"description": "Van welke bijeenkomst."})
    closed_at = Instant(
        data_key="afgerondOp",
        allow_none=True,
        metadata={"description": "Wanneer de begeleider klaar was; tot dan is elk aantal null."},
    )
    members = Integer(
        data_key="deelnemers",
        allow_none=True,
        metadata={"description": "Hoeveel mensen er die dag bij de groep hoorden."},
    )
    present = Integer(data_key="aanwezig", allow_none=True, metadata={"description": "Hoeveel van hen er waren."})
    excused = Integer(
        data_key="afgemeld", allow_none=True, metadata={"description": "Hoeveel van hen zich hadden afgemeld."}
    )
    absent = Integer(
        data_key="gemist", allow_none=True, metadata={"description": "Hoeveel van hen er niet waren."}
    )
    not_recorded = Integer(
        data_key="nietIngevuld",
        allow_none=True,
        metadata={"description": "Van hoeveel van hen niets is ingevuld."},
    )
    unnamed = Integer(
        data_key="zonderNaam",
        allow_none=True,
        metadata={"description": "Hoeveel mensen er nog meer waren, zonder naam."},
    )


@api.get_route(
    "/bijeenkomsten/<uuid:id>/aanwezigheid",
    TurnoutResponse,
    description="Opvragen hoeveel mensen er bij een bijeenkomst waren. Wie er waren, blijft in de groep.",
)
@requires_key(*TURNOUT_ROLES)
def read_turnout(id: str) -> TurnoutResource:
    """Return the numbers of one meeting."""
    return get_turnout(g.actor, id)


ATTENDANCE = {
    "not_recorded": "niet-ingevuld",
    "present": "aanwezig",
    "excused": "afgemeld",
    "absent": "gemist",
}


class PresenceResponse(ResponseSchema):
    """How one member is marked at one meeting."""

    resource = "Presentie"
    id = UUID(data_key="deelnameId", metadata={"description": "Welke deelname."})
    meeting_id = UUID(data_key="bijeenkomstId", metadata={"description": "Bij welke bijeenkomst."})
    mark = Choice(ATTENDANCE, data_key="presentie", metadata={"description": "Of iemand er was."})


class PresenceRequest(RequestSchema):
    """Marking one member."""

    resource = "NieuwePresentie"
    membership_id = UUID(data_key="deelnameId", required=True, metadata={"description": "Welke deelname."})
    mark = Choice(
        ATTENDANCE,
        data_key="presentie",
        required=True,
        metadata={"description": "Of iemand er was; niet-ingevuld wist wat er stond."},
    )


class CountResponse(ResponseSchema):
    """How many are there now."""

    resource = "Telling"
    id = UUID(metadata={"description": "Het kenmerk van de bijeenkomst."})
    people = Integer(data_key="mensen", metadata={"description": "Hoeveel mensen er zijn, met en zonder naam."})
    unnamed = Integer(data_key="zonderNaam", metadata={"description": "Hoeveel van hen zonder naam."})


class CountRequest(RequestSchema):
    """Counting everybody in the room."""

    resource = "NieuweTelling"
    meeting_id = UUID(data_key="bijeenkomstId", required=True, metadata={"description": "Bij welke bijeenkomst."})
    headcount = Integer(
        data_key="mensen",
        required=True,
        validate=validate.Range(0, MOST_PEOPLE),
        metadata={"description": "Hoeveel mensen er zijn, ook wie met naam aanwezig is."},
    )


@api.list_route(
    "/bijeenkomsten/<uuid:id>/presenties",
    PresenceResponse,
    description="Opvragen hoe wie bij de groep hoort bij deze bijeenkomst is ingevuld, zonder naam. Alleen voor"
    " wie de groep begeleidt.",
)
@requires_key(*PRESENCE_ROLES)
def list_presence(id: str, *, after: str | None, limit: int) -> list[PresenceResource]:
    """Return how the members are marked; the access is logged."""
    presence = page_presence(g.actor, id, after=after, limit=limit)
    _log_access(id)
    return presence


@api.get_route(
    "/bijeenkomsten/<uuid:id>/presenties/<uuid:deelname>",
    PresenceResponse,
    description="Opvragen hoe één deelname bij deze bijeenkomst is ingevuld.",
)
@requires_key(*PRESENCE_ROLES)
def read_presence(id: str, deelname: str) -> PresenceResource:
    """Return how one member is marked; the access is logged."""
    presence = get_presence(g.actor, id, deelname)
    _log_access(id)
    return presence


@api.create_route(
    "/bijeenkomsten/<uuid:id>/presenties",
    PresenceRequest,
    PresenceResponse,
    description="Invullen of iemand er is, vanaf een uur voor het begin. De laatste keer telt; na het afronden is"
    " het een verbetering.",
)
@requires_key(*PRESENCE_ROLES)
def make_presence(id: str, *, membership_id: str, mark: str, request_id: str) -> PresenceResource:
    """Mark one member."""
    record_attendance(g.actor, meeting_id=id, membership_id=membership_id, mark=mark, request_id=request_id)
    return get_presence(g.actor, id, membership_id)


@api.create_route(
    "/tellingen",
    CountRequest,
    CountResponse,
    description="Doorgeven hoeveel mensen er zijn. Minder dan er met naam aanwezig zijn, kan niet.",
)
@requires_key(*PRESENCE_ROLES)
def make_count(*, meeting_id: str, headcount: int, request_id: str) -> CountResource:
    """Count everybody in the room."""
    set_headcount(g.actor, meeting_id=meeting_id, headcount=headcount, request_id=request_id)
    return get_count(g.actor, meeting_id)


@api.get_route(
    "/tellingen/<uuid:id>", CountResponse, description="Opvragen hoeveel mensen er bij een bijeenkomst zijn."
)
@requires_key(*PRESENCE_ROLES)
def read_count(id: str) -> CountResource:
    """Return how many there are, also before closing."""
    return get_count(g.actor, id)


def _log_access(meeting_id: str) -> None:
    access_log.log_access(
        g.actor,
        about_kind="attendance",
        about_id=meeting_id,
        purpose="api",
        organisation_id=get_meeting_resource(g.actor, meeting_id).organisation_id,
    )
