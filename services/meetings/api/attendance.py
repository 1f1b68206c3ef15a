"""The JSON API: how many came, and marking and counting by a program that leads groups."""

from __future__ import annotations

from typing import Any

from flask import g

from services.meetings.api import api
from services.meetings.commands import access_log
from services.meetings.commands.attendance import record_attendance, set_headcount
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
from shared.web.api_shapes import Id, Moment, Number, Shape, Told, Word


class TurnoutResponse(Told):
    """How many were there."""

    resource = "Aanwezigheid"
    meeting_id = Id("bijeenkomstId", "Van welke bijeenkomst.")
    closed_at = Moment(
        "afgerondOp", "Wanneer de begeleider klaar was; tot dan is elk aantal null.", allow_none=True
    )
    members = Number("deelnemers", "Hoeveel mensen er die dag bij de groep hoorden.", allow_none=True)
    present = Number("aanwezig", "Hoeveel van hen er waren.", allow_none=True)
    excused = Number("afgemeld", "Hoeveel van hen zich hadden afgemeld.", allow_none=True)
    absent = Number("gemist", "Hoeveel van hen er niet waren.", allow_none=True)
    not_recorded = Number("nietIngevuld", "Van hoeveel van hen niets is ingevuld.", allow_none=True)
    unnamed = Number("zonderNaam", "Hoeveel mensen er nog meer waren, zonder naam.", allow_none=True)


@api.one(
    "/bijeenkomsten/<uuid:id>/aanwezigheid", TurnoutResponse,
    about="Opvragen hoeveel mensen er bij een bijeenkomst waren. Wie er waren, blijft in de groep.",
)  # fmt: skip
@requires_key(*TURNOUT_ROLES)
def read_turnout(id: str) -> TurnoutResource:
    """Return the numbers of one meeting."""
    return get_turnout(g.actor, id)


ATTENDANCE = {
    "not_recorded": "niet-ingevuld", "present": "aanwezig", "excused": "afgemeld", "absent": "gemist",
}  # fmt: skip


class PresenceResponse(Told):
    """How one member is marked at one meeting."""

    resource = "Presentie"
    id = Id("deelnameId", "Welke deelname.")
    meeting_id = Id("bijeenkomstId", "Bij welke bijeenkomst.")
    mark = Word("presentie", "Of iemand er was.", ATTENDANCE)


class PresenceRequest(Shape):
    """Marking one member."""

    resource = "NieuwePresentie"
    membership_id = Id("deelnameId", "Welke deelname.", required=True)
    mark = Word("presentie", "Of iemand er was; niet-ingevuld wist wat er stond.", ATTENDANCE, required=True)


class CountResponse(Told):
    """How many are there now."""

    resource = "Telling"
    id = Id("id", "Het kenmerk van de bijeenkomst.")
    people = Number("mensen", "Hoeveel mensen er zijn, met en zonder naam.")
    unnamed = Number("zonderNaam", "Hoeveel van hen zonder naam.")


class CountRequest(Shape):
    """Counting everybody in the room."""

    resource = "NieuweTelling"
    meeting_id = Id("bijeenkomstId", "Bij welke bijeenkomst.", required=True)
    headcount = Number("mensen", "Hoeveel mensen er zijn, ook wie met naam aanwezig is.", required=True)


@api.many(
    "/bijeenkomsten/<uuid:id>/presenties", PresenceResponse,
    about="Opvragen hoe wie bij de groep hoort bij deze bijeenkomst is ingevuld, zonder naam. Alleen voor wie de"
    " groep begeleidt.",
)  # fmt: skip
@requires_key(*PRESENCE_ROLES)
def list_presence(id: str, **query: Any) -> list[PresenceResource]:
    """Return how the members are marked; that is logged."""
    presence = page_presence(g.actor, id, **query)
    _log_access(id)
    return presence


@api.one(
    "/bijeenkomsten/<uuid:id>/presenties/<uuid:deelname>", PresenceResponse,
    about="Opvragen hoe één deelname bij deze bijeenkomst is ingevuld.",
)  # fmt: skip
@requires_key(*PRESENCE_ROLES)
def read_presence(id: str, deelname: str) -> PresenceResource:
    """Return how one member is marked; that is logged."""
    presence = get_presence(g.actor, id, deelname)
    _log_access(id)
    return presence


@api.made(
    "/bijeenkomsten/<uuid:id>/presenties", PresenceRequest, PresenceResponse,
    about="Invullen of iemand er is, vanaf een uur voor het begin. De laatste keer telt; na het afronden is het"
    " een verbetering.",
)  # fmt: skip
@requires_key(*PRESENCE_ROLES)
def make_presence(id: str, membership_id: str, **body: Any) -> PresenceResource:
    """Mark one member."""
    record_attendance(g.actor, meeting_id=id, membership_id=membership_id, **body)
    return get_presence(g.actor, id, membership_id)


@api.made(
    "/tellingen", CountRequest, CountResponse,
    about="Doorgeven hoeveel mensen er zijn. Minder dan er met naam aanwezig zijn, kan niet.",
)  # fmt: skip
@requires_key(*PRESENCE_ROLES)
def make_count(**body: Any) -> CountResource:
    """Count everybody in the room."""
    set_headcount(g.actor, **body)
    return get_count(g.actor, body["meeting_id"])


@api.one("/tellingen/<uuid:id>", CountResponse, about="Opvragen hoeveel mensen er bij een bijeenkomst zijn.")
@requires_key(*PRESENCE_ROLES)
def read_count(id: str) -> CountResource:
    """Return how many there are, also before closing."""
    return get_count(g.actor, id)


def _log_access(meeting_id: str) -> None:
    access_log.log_access(
        g.actor, about_kind="attendance", about_id=meeting_id, purpose="api",
        organisation_id=get_meeting_resource(g.actor, meeting_id).organisation_id,
    )  # fmt: skip
