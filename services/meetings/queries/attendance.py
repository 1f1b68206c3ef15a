"""Who belongs to a meeting, how they were marked, and the numbers of a meeting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from peewee import JOIN

from services.meetings.models import Attendance, CallOff, Meeting, Membership
from services.meetings.queries import participants
from services.meetings.queries.scope import find_meeting
from services.meetings.queries.series import meeting_before
from services.meetings.rules import permissions
from services.meetings.rules.meetings import TO_CLOSE
from shared.errors import NotFound
from shared.security.actor import Actor

Row = TypeVar("Row", Attendance, CallOff)
TURNOUT_COUNTS = ("members", "present", "excused", "absent", "not_recorded", "unnamed")


@dataclass(frozen=True)
class MemberAttendance:
    """One member at one meeting, by call name.

    is_new          it is this person's first meeting in this stay
    is_unreachable  no message from us arrives, so this person did not get a reminder either
    called_off_at   since when this person is known not to come
    """

    membership_id: str
    participant_id: str
    call_name: str
    mark: str
    is_new: bool
    is_unreachable: bool
    called_off_at: datetime | None


def list_attendance(actor: Actor, meeting_id: str) -> list[MemberAttendance]:
    """Return who belongs and how they were marked, by call name: only for whoever leads the group.

    NotFound, Forbidden.
    """
    meeting = find_meeting(actor, meeting_id, permissions.may_see_attendance)
    marks = marks_of(meeting)
    ids = [member.membership.participant_id for member in marks]
    names, unreachable = participants.distinct_names_of(ids), participants.unreachable_among(ids)
    before = meeting_before(meeting)
    members = [_member_attendance(member, names, unreachable, before) for member in marks]
    return sorted(members, key=lambda member: member.call_name.casefold())


def _member_attendance(
    member: Mark, names: dict[str, str], unreachable: frozenset[str], before: Meeting | None
) -> MemberAttendance:
    row = member.membership
    return MemberAttendance(
        row.id,
        row.participant_id,
        names.get(row.participant_id, "…"),
        member.mark,
        is_new=before is not None and row.starts_on > before.on,
        is_unreachable=row.participant_id in unreachable,
        called_off_at=member.called_off_at,
    )


@dataclass(frozen=True)
class Mark:
    """How one member is marked now.

    kept           the mark that is stored, if any
    marked_by      who made that mark
    called_off_at  since when it is known that this member would not come
    """

    membership: Membership
    mark: str
    kept: str | None = None
    marked_by: str | None = None
    called_off_at: datetime | None = None


def marks_of(meeting: Meeting) -> list[Mark]:
    """Return everybody who belongs that day, and whoever was marked before and has left since, in one query.

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
    return [_mark(row, is_open=meeting.state in TO_CLOSE) for row in rows]


def marked_together(actor: Actor, meeting: Meeting, at: datetime) -> list[str]:
    """Return the ids of the memberships that this actor marked as present at just this moment, by id."""
    rows = Attendance.select(Attendance.membership).where(
        Attendance.organisation == meeting.organisation_id,
        Attendance.meeting == meeting.id,
        Attendance.mark == "present",
        Attendance.marked_by == actor.id,
        Attendance.marked_at == at,
    )
    return sorted(row.membership_id for row in rows)


def count_marked_together(actor: Actor, meeting_id: str, at: datetime) -> int:
    """Return how many of the marks stand that this actor made together at that moment. NotFound, Forbidden."""
    return len(marked_together(actor, find_meeting(actor, meeting_id, permissions.may_see_attendance), at))


def _mark(row: Membership, *, is_open: bool) -> Mark:
    marked, off = _joined(row, "marked", Attendance), _joined(row, "off", CallOff)
    kept = None if marked is None else marked.mark
    mark = kept or "not_recorded"
    if mark == "not_recorded" and off is not None and is_open:
        mark = "excused"
    return Mark(row, mark, kept, None if marked is None else marked.marked_by, None if off is None else off.at)


def _joined(row: Membership, name: str, table: type[Row]) -> Row | None:
    joined = getattr(row, name, None)
    return joined if isinstance(joined, table) and joined.id is not None else None


@dataclass(frozen=True)
class TurnoutResource:
    """The numbers of one meeting; None until it is closed."""

    meeting_id: str
    closed_at: datetime | None
    members: int | None
    present: int | None
    excused: int | None
    absent: int | None
    not_recorded: int | None
    unnamed: int | None


@dataclass(frozen=True)
class PresenceResource:
    """How one member is marked at one meeting; the id is that of the membership."""

    id: str
    meeting_id: str
    mark: str


@dataclass(frozen=True)
class CountResource:
    """How many are at one meeting now; the id is that of the meeting."""

    id: str
    people: int
    unnamed: int


def get_turnout(actor: Actor, meeting_id: str) -> TurnoutResource:
    """Return how many were at a meeting, never who. NotFound, Forbidden."""
    row = find_meeting(actor, meeting_id, permissions.may_see_turnout)
    return TurnoutResource(row.id, row.closed_at, *(getattr(row, f"total_{name}") for name in TURNOUT_COUNTS))


def page_presence(actor: Actor, meeting_id: str, *, after: str | None, limit: int) -> list[PresenceResource]:
    """Return the next members after this one, with how they are marked. NotFound, Forbidden."""
    return [row for row in _presence(actor, meeting_id) if row.id > (after or "")][:limit]


def get_presence(actor: Actor, meeting_id: str, membership_id: str) -> PresenceResource:
    """Return how one member is marked. NotFound, Forbidden."""
    for row in _presence(actor, meeting_id):
        if row.id == membership_id:
            return row
    raise NotFound()


def get_count(actor: Actor, meeting_id: str) -> CountResource:
    """Return how many are there, with and without a name. NotFound, Forbidden."""
    row = find_meeting(actor, meeting_id, permissions.may_see_attendance)
    present = sum(member.mark == "present" for member in marks_of(row))
    return CountResource(row.id, present + row.headcount_unnamed, row.headcount_unnamed)


def _presence(actor: Actor, meeting_id: str) -> list[PresenceResource]:
    row = find_meeting(actor, meeting_id, permissions.may_see_attendance)
    return [PresenceResource(member.membership.id, row.id, member.mark) for member in marks_of(row)]
