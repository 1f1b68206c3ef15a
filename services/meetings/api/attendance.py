"""Marking who is there, and counting, by a program that leads groups: more of the resources of meetings."""

from __future__ import annotations

from typing import Any

from flask import g

from services.meetings.api.resources import api
from services.meetings.commands import looks
from services.meetings.commands.attendance import record_attendance, set_headcount
from services.meetings.queries import api as look
from shared.security.access import requires_key
from shared.web.api_fields import UUID, Choice, Integer
from shared.web.api_schemas import RequestSchema, ResponseSchema

ATTENDANCE = {
    "not_recorded": "niet-ingevuld", "present": "aanwezig", "excused": "afgemeld", "absent": "gemist",
}  # fmt: skip


class PresenceSchema(ResponseSchema):
    """How one member is marked at one meeting."""

    resource = "Presentie"
    id = UUID(data_key="deelnameId", metadata={"description": "Welke deelname."})
    meeting_id = UUID(data_key="bijeenkomstId", metadata={"description": "Bij welke bijeenkomst."})
    mark = Choice(ATTENDANCE, data_key="presentie", metadata={"description": "Of iemand er was."})


class NewPresenceSchema(RequestSchema):
    """Marking one member."""

    resource = "NieuwePresentie"
    membership_id = UUID(data_key="deelnameId", required=True, metadata={"description": "Welke deelname."})
    mark = Choice(
        ATTENDANCE,
        data_key="presentie",
        required=True,
        metadata={"description": "Of iemand er was; niet-ingevuld wist wat er stond."},
    )


class CountSchema(ResponseSchema):
    """How many are there now."""

    resource = "Telling"
    id = UUID(metadata={"description": "Het kenmerk van de bijeenkomst."})
    people = Integer(data_key="mensen", metadata={"description": "Hoeveel mensen er zijn, met en zonder naam."})
    unnamed = Integer(data_key="zonderNaam", metadata={"description": "Hoeveel van hen zonder naam."})


class NewCountSchema(RequestSchema):
    """Counting everybody in the room."""

    resource = "NieuweTelling"
    meeting_id = UUID(data_key="bijeenkomstId", required=True, metadata={"description": "Bij welke bijeenkomst."})
    headcount = Integer(
        data_key="mensen",
        required=True,
        metadata={"description": "Hoeveel mensen er zijn, ook wie met naam aanwezig is."},
    )


@api.list_route(
    "/bijeenkomsten/<uuid:id>/presenties", PresenceSchema,
    description="Opvragen hoe wie bij de groep hoort bij deze bijeenkomst is ingevuld, zonder naam. Alleen voor"
    " wie de groep begeleidt.",
)  # fmt: skip
@requires_key(*look.PRESENCE_ROLES)
def list_presence(id: str, **asked: Any) -> list[look.PresenceRow]:
    """How the members are marked; that it was looked at is written down."""
    found = look.page_presence(g.actor, id, **asked)
    _note_presence(id)
    return found


@api.get_route(
    "/bijeenkomsten/<uuid:id>/presenties/<uuid:deelname>", PresenceSchema,
    description="Opvragen hoe één deelname bij deze bijeenkomst is ingevuld.",
)  # fmt: skip
@requires_key(*look.PRESENCE_ROLES)
def read_presence(id: str, deelname: str) -> look.PresenceRow:
    """How one member is marked."""
    found = look.get_presence(g.actor, id, deelname)
    _note_presence(id)
    return found


@api.create_route(
    "/bijeenkomsten/<uuid:id>/presenties", NewPresenceSchema, PresenceSchema,
    description="Invullen of iemand er is, vanaf een uur voor het begin. De laatste keer telt; na het afronden is"
    " het een verbetering.",
)  # fmt: skip
@requires_key(*look.PRESENCE_ROLES)
def make_presence(id: str, membership_id: str, **told: Any) -> look.PresenceRow:
    """One mark."""
    record_attendance(g.actor, meeting_id=id, membership_id=membership_id, **told)
    return look.get_presence(g.actor, id, membership_id)


@api.create_route(
    "/tellingen", NewCountSchema, CountSchema,
    description="Doorgeven hoeveel mensen er zijn. Minder dan er met naam aanwezig zijn, kan niet.",
)  # fmt: skip
@requires_key(*look.PRESENCE_ROLES)
def make_count(**told: Any) -> look.CountRow:
    """Everybody in the room."""
    set_headcount(g.actor, **told)
    return look.get_count(g.actor, told["meeting_id"])


@api.get_route(
    "/tellingen/<uuid:id>", CountSchema, description="Opvragen hoeveel mensen er bij een bijeenkomst zijn."
)
@requires_key(*look.PRESENCE_ROLES)
def read_count(id: str) -> look.CountRow:
    """How many there are, also before it is closed."""
    return look.get_count(g.actor, id)


def _note_presence(meeting_id: str) -> None:
    looks.note_look(
        g.actor, about_kind="attendance", about_id=meeting_id, purpose="api",
        organisation_id=look.get_meeting(g.actor, meeting_id).organisation_id,
    )  # fmt: skip
