"""Meetings that wait to be closed: those of today and before, and for a coordinator those that nobody closed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, time

from services.meetings.models import Group, GroupFacilitator, Meeting
from services.meetings.queries.kinds import rules_in_force
from services.meetings.queries.meeting_changes import belongs, members_of
from services.meetings.queries.staff import names_of
from services.meetings.rules import meetings as rules
from services.meetings.rules import permissions
from shared import clock
from shared.security.actor import Actor, within


@dataclass(frozen=True)
class MeetingToday:
    """A meeting of a group that this actor leads; `more` is how many older ones of the group are not closed."""

    id: str
    group_name: str
    on: date
    at: time
    keeps_names: bool
    more: int = 0


@dataclass(frozen=True)
class Unreported:
    """A group with meetings of which nobody said whether they took place; `leaders` are who can."""

    group_id: str
    group_name: str
    number: int
    since: date
    leaders: tuple[str, ...]


def list_meetings_to_close(
    led: Collection[str], stood_in_for: Collection[str]
) -> tuple[list[MeetingToday], list[MeetingToday]]:
    """Return meetings of today, and of each group the oldest that is not closed."""
    rows = (
        Meeting.select(Meeting, Group)
        .join(Group)
        .where(
            Meeting.group.in_(sorted(led)) | Meeting.id.in_(sorted(stood_in_for)),
            Meeting.state.in_(rules.TO_CLOSE),
            Meeting.on <= clock.today(),
            Group.state != "ended",
        )
        .order_by(Meeting.on, Meeting.at)
    )
    tonight: list[Meeting] = []
    older: list[Meeting] = []
    for row in rows:
        (tonight if row.on == clock.today() else older).append(row)
    older = _with_anybody(older)
    unclosed = Counter(row.group_id for row in older)
    oldest = {row.group_id: row for row in reversed(older)}
    return (
        [_today(row) for row in tonight],
        [_today(row, more=unclosed[row.group_id] - 1) for row in sorted(oldest.values(), key=lambda row: row.on)],
    )


def list_unreported(actor: Actor, led: Collection[str]) -> list[Unreported]:
    """Return for a coordinator the groups with meetings that nobody closed, the oldest first; not their own."""
    meetings = [row for row in _unreported_meetings(actor) if row.group_id not in led]
    numbers = Counter(row.group_id for row in meetings)
    oldest = {row.group_id: row for row in reversed(meetings)}
    places = GroupFacilitator.select().where(GroupFacilitator.group.in_(sorted(oldest)))
    staff_of = [(row.group_id, row.staff_id) for row in places]
    names = names_of({staff_id for _, staff_id in staff_of})
    return [
        Unreported(
            row.group_id,
            row.group.name,
            numbers[row.group_id],
            row.on,
            tuple(sorted(names.get(staff_id, "…") for group_id, staff_id in staff_of if group_id == row.group_id)),
        )
        for row in sorted(oldest.values(), key=lambda row: row.on)
    ]


def count_unreported(actor: Actor) -> Counter[str]:
    """Return for a coordinator group -> how many meetings nobody closed, those that they lead themselves too."""
    return Counter(row.group_id for row in _unreported_meetings(actor))


def _unreported_meetings(actor: Actor) -> list[Meeting]:
    rows = (
        Meeting.select(Meeting, Group)
        .join(Group)
        .where(
            within(actor, Meeting.organisation, (permissions.COORDINATOR,)),
            Meeting.state == rules.MeetingState.NOT_REPORTED,
            Group.state != "ended",
        )
        .order_by(Meeting.on, Meeting.at)
    )
    return _with_anybody(list(rows))


def _today(row: Meeting, more: int = 0) -> MeetingToday:
    return MeetingToday(row.id, row.group.name, row.on, row.at, _keeps_names(row), more)


def _keeps_names(row: Meeting) -> bool:
    return rules_in_force(row.group.kind, row.group.overrides).identity != "headcount"


def _with_anybody(meetings: list[Meeting]) -> list[Meeting]:
    """Leave out meetings of groups that keep names, on days on which nobody belonged to them."""
    members = members_of({row.group_id for row in meetings})
    return [
        row
        for row in meetings
        if not _keeps_names(row)
        or row.headcount_unnamed
        or any(belongs(member, row.on) for member in members[row.group_id])
    ]
