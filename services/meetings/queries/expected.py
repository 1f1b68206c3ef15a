"""Whom a meeting counts with: who belongs to the group that day, with how they were marked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import JOIN

from services.meetings.models import Attendance, CallOff, Meeting, Membership


@dataclass(frozen=True)
class Mark:
    """How one member is marked now.

    kept           what stands written down, if anything does
    marked_by      who wrote that
    called_off_at  since when it is known that this member would not come
    """

    membership: Membership
    mark: str
    kept: str | None = None
    marked_by: str | None = None
    called_off_at: datetime | None = None


def marks_of(meeting: Meeting) -> list[Mark]:
    """Everybody who belongs that day, and whoever was marked before and has left since, in one look.

    Until the meeting is closed, who called off and was not marked counts as excused; closing writes that down.
    """
    mine = (Attendance.membership == Membership.id) & (Attendance.meeting == meeting.id)
    belongs = (Membership.starts_on <= meeting.on) & (
        Membership.ended_on.is_null() | (Membership.ended_on >= meeting.on)
    )
    off = (CallOff.membership == Membership.id) & (CallOff.meeting == meeting.id) & (CallOff.state == "called_off")
    rows = (
        Membership.select(Membership, Attendance, CallOff)
        .join(Attendance, JOIN.LEFT_OUTER, on=mine, attr="marked")
        .join_from(Membership, CallOff, JOIN.LEFT_OUTER, on=off, attr="off")
        .where(
            Membership.organisation == meeting.organisation_id,
            Membership.group == meeting.group_id,
            belongs | Attendance.id.is_null(False),
        )
        .order_by(Membership.id)
    )
    return [_mark(row, is_open=meeting.state == "planned") for row in rows]


def _mark(row: Membership, *, is_open: bool) -> Mark:
    marked, off = _joined(row, "marked"), _joined(row, "off")
    kept = None if marked is None else marked.mark
    mark = kept or "not_recorded"
    if mark == "not_recorded" and off is not None and is_open:
        mark = "excused"
    return Mark(row, mark, kept, None if marked is None else marked.marked_by, None if off is None else off.at)


def _joined(row: Membership, name: str) -> Any:
    """What was found beside this row, or None."""
    found = getattr(row, name, None)
    return None if found is None or found.id is None else found
