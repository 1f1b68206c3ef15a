"""Whom a meeting counts with: who belongs to the group that day, with how they were marked."""

from __future__ import annotations

from dataclasses import dataclass

from peewee import JOIN

from services.meetings.models import Attendance, Meeting, Membership


@dataclass(frozen=True)
class Mark:
    """How one member is marked now; `is_kept` is whether that stands written down."""

    membership: Membership
    mark: str
    is_kept: bool


def marks_of(meeting: Meeting) -> list[Mark]:
    """Everybody who belongs that day, and whoever was marked before and has left since, in one look."""
    mine = (Attendance.membership == Membership.id) & (Attendance.meeting == meeting.id)
    belongs = (Membership.starts_on <= meeting.on) & (
        Membership.ended_on.is_null() | (Membership.ended_on >= meeting.on)
    )
    rows = (
        Membership.select(Membership, Attendance)
        .join(Attendance, JOIN.LEFT_OUTER, on=mine, attr="kept")
        .where(
            Membership.organisation == meeting.organisation_id,
            Membership.group == meeting.group_id,
            belongs | Attendance.id.is_null(False),
        )
        .order_by(Membership.id)
    )
    return [_mark(row) for row in rows]


def _mark(row: Membership) -> Mark:
    kept = getattr(row, "kept", None)
    if kept is None or kept.id is None:
        return Mark(row, "not_recorded", is_kept=False)
    return Mark(row, kept.mark, is_kept=True)
