"""Marking who is there, and counting, by a program that leads groups: more of the resources of meetings."""

from __future__ import annotations

from typing import Any

from flask import g

from services.meetings.api.resources import api
from services.meetings.commands import looks
from services.meetings.commands.attendance import record_attendance, set_headcount
from services.meetings.queries import api as look
from shared.security.access import requires_key
from shared.web.api_shapes import Id, Number, Shape, Told, Word

ATTENDANCE = {
    "not_recorded": "niet-ingevuld", "present": "aanwezig", "excused": "afgemeld", "absent": "gemist",
}  # fmt: skip


class PresenceTold(Told):
    """How one member is marked at one meeting."""

    resource = "Presentie"
    id = Id("deelnameId", "Welke deelname.")
    meeting_id = Id("bijeenkomstId", "Bij welke bijeenkomst.")
    mark = Word("presentie", "Of iemand er was.", ATTENDANCE)


class PresenceAsked(Shape):
    """Marking one member."""

    resource = "NieuwePresentie"
    membership_id = Id("deelnameId", "Welke deelname.", required=True)
    mark = Word("presentie", "Of iemand er was; niet-ingevuld wist wat er stond.", ATTENDANCE, required=True)


class CountTold(Told):
    """How many are there now."""

    resource = "Telling"
    id = Id("id", "Het kenmerk van de bijeenkomst.")
    people = Number("mensen", "Hoeveel mensen er zijn, met en zonder naam.")
    unnamed = Number("zonderNaam", "Hoeveel van hen zonder naam.")


class CountAsked(Shape):
    """Counting everybody in the room."""

    resource = "NieuweTelling"
    meeting_id = Id("bijeenkomstId", "Bij welke bijeenkomst.", required=True)
    headcount = Number("mensen", "Hoeveel mensen er zijn, ook wie met naam aanwezig is.", required=True)


@api.many(
    "/bijeenkomsten/<uuid:id>/presenties", PresenceTold,
    about="Opvragen hoe wie bij de groep hoort bij deze bijeenkomst is ingevuld, zonder naam. Alleen voor wie de"
    " groep begeleidt.",
)  # fmt: skip
@requires_key(*look.PRESENCE_ROLES)
def list_presence(id: str, **asked: Any) -> list[look.PresenceRow]:
    """How the members are marked; that it was looked at is written down."""
    found = look.page_presence(g.actor, id, **asked)
    _note_presence(id)
    return found


@api.one(
    "/bijeenkomsten/<uuid:id>/presenties/<uuid:deelname>", PresenceTold,
    about="Opvragen hoe één deelname bij deze bijeenkomst is ingevuld.",
)  # fmt: skip
@requires_key(*look.PRESENCE_ROLES)
def read_presence(id: str, deelname: str) -> look.PresenceRow:
    """How one member is marked."""
    found = look.get_presence(g.actor, id, deelname)
    _note_presence(id)
    return found


@api.made(
    "/bijeenkomsten/<uuid:id>/presenties", PresenceAsked, PresenceTold,
    about="Invullen of iemand er is, vanaf een uur voor het begin. De laatste keer telt; na het afronden is het"
    " een verbetering.",
)  # fmt: skip
@requires_key(*look.PRESENCE_ROLES)
def make_presence(id: str, membership_id: str, **told: Any) -> look.PresenceRow:
    """One mark."""
    record_attendance(g.actor, meeting_id=id, membership_id=membership_id, **told)
    return look.get_presence(g.actor, id, membership_id)


@api.made(
    "/tellingen", CountAsked, CountTold,
    about="Doorgeven hoeveel mensen er zijn. Minder dan er met naam aanwezig zijn, kan niet.",
)  # fmt: skip
@requires_key(*look.PRESENCE_ROLES)
def make_count(**told: Any) -> look.CountRow:
    """Everybody in the room."""
    set_headcount(g.actor, **told)
    return look.get_count(g.actor, told["meeting_id"])


@api.one("/tellingen/<uuid:id>", CountTold, about="Opvragen hoeveel mensen er bij een bijeenkomst zijn.")
@requires_key(*look.PRESENCE_ROLES)
def read_count(id: str) -> look.CountRow:
    """How many there are, also before it is closed."""
    return look.get_count(g.actor, id)


def _note_presence(meeting_id: str) -> None:
    looks.note_look(
        g.actor, about_kind="attendance", about_id=meeting_id, purpose="api",
        organisation_id=look.get_meeting(g.actor, meeting_id).organisation_id,
    )  # fmt: skip
