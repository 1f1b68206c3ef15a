"""Meetings that wait to be closed: for who leads them, and how many there are for a coordinator."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

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
class UnclosedMeeting:
    """A meeting of a group that this actor leads; `more` is how many later ones of the group are not closed."""

    id: str
    group_name: str
    on: date
    keeps_names: bool
    more: int


@dataclass(frozen=True)
class Unreported:
    """How many meetings nobody closed, of how many groups, and since when.

    group_id, group_name  of the group, when there is only one; `leaders` are who can close its meetings
    """

    meetings: int
    groups: int
    since: date
    group_id: str | None = None
    group_name: str = ""
    leaders: tuple[str, ...] = ()


def list_unclosed(led: Collection[str], stood_in_for: Collection[str]) -> list[UnclosedMeeting]:
    """Return of each group the oldest meeting before today that is not closed."""
    rows = (
        Meeting.select(Meeting, Group)
        .join(Group)
        .where(
            Meeting.id.in_(meetings_led(led, stood_in_for)),
            Meeting.state.in_(rules.TO_CLOSE),
            Meeting.on < clock.today(),
            Group.state != "ended",
            _has_anybody(),
        )
        .order_by(Meeting.on, Meeting.at)
    )
    oldest: dict[str, Meeting] = {}
    numbers = Counter[str]()
    for row in rows:
        oldest.setdefault(row.group_id, row)
        numbers[row.group_id] += 1
    return [
        UnclosedMeeting(row.id, row.group.name, row.on, _keeps_names(row.group), numbers[group_id] - 1)
        for group_id, row in oldest.items()
    ]


def sum_unreported(actor: Actor, led: Collection[str]) -> Unreported | None:
    """Return for a coordinator how many meetings nobody closed, own groups apart; None for none."""
    rows = unreported_meetings(actor).where(Group.id.not_in(sorted(led)))
    rows = rows.select(
        fn.COUNT(Meeting.id),
        fn.COUNT(Group.id.distinct()),
        fn.MIN(Meeting.on),
        fn.MIN(Group.id),
        fn.MIN(Group.name),
    )
    meetings, groups, since, group_id, group_name = rows.tuples().get()
    if groups == 0:
        return None
    if groups > 1:
        return Unreported(meetings, groups, _day(since))
    places = GroupFacilitator.select().where(GroupFacilitator.group == group_id)
    leaders = sorted(names_of(row.staff_id for row in places).values())
    return Unreported(meetings, groups, _day(since), group_id, group_name, tuple(leaders))


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


def _keeps_names(group: Group) -> bool:
    return rules_in_force(group.kind, group.overrides).identity != "headcount"


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
