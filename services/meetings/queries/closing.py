"""Meetings that wait to be closed: those of today and before, and for a coordinator those that nobody closed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, time

from peewee import Expression, ModelSelect, fn

from services.meetings.models import NOT_REPORTED, Group, GroupFacilitator, Meeting, Membership
from services.meetings.queries.kinds import rule_in_force, rules_in_force
from services.meetings.queries.scope import meetings_led
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
    to_close = (Meeting.state.in_(rules.TO_CLOSE), Meeting.on <= clock.today(), Group.state != "ended")
    rows = (
        Meeting.select(Meeting, Group)
        .join(Group)
        .where(Meeting.id.in_(meetings_led(led, stood_in_for)), *to_close)
        .where((Meeting.on == clock.today()) | _has_anybody())
        .order_by(Meeting.on, Meeting.at)
    )
    tonight: list[Meeting] = []
    older: list[Meeting] = []
    for row in rows:
        (tonight if row.on == clock.today() else older).append(row)
    unclosed = Counter(row.group_id for row in older)
    oldest = {row.group_id: row for row in reversed(older)}
    return (
        [_today(row) for row in tonight],
        [_today(row, more=unclosed[row.group_id] - 1) for row in sorted(oldest.values(), key=lambda row: row.on)],
    )


def list_unreported(actor: Actor, led: Collection[str], most: int) -> list[Unreported]:
    """Return for a coordinator the groups with meetings that nobody closed, the oldest first; not their own.

    most  of so many groups, the longest waiting
    """
    since = fn.MIN(Meeting.on)
    rows = (
        unreported_meetings(actor)
        .select(Group.id, Group.name, fn.COUNT(Meeting.id), since.alias("since"))
        .where(Group.id.not_in(sorted(led)))
        .group_by(Group.id, Group.name)
        .order_by(since, Group.id)
        .limit(most)
    )
    groups = [(group_id, name, number, _day(on)) for group_id, name, number, on in rows.tuples()]
    places = GroupFacilitator.select().where(GroupFacilitator.group.in_(sorted(row[0] for row in groups)))
    staff_of = [(row.group_id, row.staff_id) for row in places]
    names = names_of({staff_id for _, staff_id in staff_of})
    return [
        Unreported(
            *group,
            tuple(sorted(names.get(staff_id, "…") for group_id, staff_id in staff_of if group_id == group[0])),
        )
        for group in groups
    ]


def unreported_meetings(actor: Actor) -> ModelSelect[Meeting]:
    """Select for a coordinator the meetings of groups that go on of which nobody said whether they took place."""
    return (
        Meeting.select(Meeting, Group)
        .join(Group)
        .where(
            within(actor, Meeting.organisation, (permissions.COORDINATOR,)),
            NOT_REPORTED,
            Group.state != "ended",
            _has_anybody(),
        )
    )


def count_unreported(actor: Actor) -> Counter[str]:
    """Return for a coordinator group -> how many meetings nobody closed, those that they lead themselves too."""
    rows = unreported_meetings(actor).select(Meeting.group, fn.COUNT(Meeting.id)).group_by(Meeting.group)
    return Counter(dict(rows.tuples()))


def _today(row: Meeting, more: int = 0) -> MeetingToday:
    keeps_names = rules_in_force(row.group.kind, row.group.overrides).identity != "headcount"
    return MeetingToday(row.id, row.group.name, row.on, row.at, keeps_names, more)


def _has_anybody() -> Expression:
    """Leave out meetings of groups that keep names, on days on which nobody belonged to them."""
    belongs = Membership.select(Membership.id).where(
        Membership.group == Meeting.group,
        Membership.starts_on <= Meeting.on,
        Membership.ended_on.is_null() | (Membership.ended_on >= Meeting.on),
    )
    counts_heads = rule_in_force("identity") == "headcount"
    return (Meeting.headcount_unnamed > 0) | counts_heads | fn.EXISTS(belongs)


def _day(value: date | str) -> date:
    """Return a day that the database computed: a file gives back text."""
    return value if isinstance(value, date) else date.fromisoformat(value)
