"""Who may be called after a missed meeting: for who leads the group by call name, for the coordinator a number."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from peewee import fn

from services.meetings.models import FollowUpCall, Group, Meeting, Membership
from services.meetings.queries import participants
from services.meetings.queries.scope import check_group, ids_led_by, known_to
from services.meetings.rules import people
from services.meetings.rules.follow_ups import CALL_REASONS
from shared import clock
from shared.errors import NotFound
from shared.security.actor import Actor, within

COUNTED_DAYS = 28
REASONS = CALL_REASONS


@dataclass(frozen=True)
class CallLine:
    """Somebody to call, about the meeting of `met_on`.

    later_on  put off until this day
    days      the days until which it may be put off
    """

    id: str
    group_id: str
    group_name: str
    organisation_id: str
    call_name: str
    met_on: date
    last_day: date
    later_on: date | None
    days: tuple[date, ...]


@dataclass(frozen=True)
class CallCount:
    """How many calls a group had in the last weeks; never about whom."""

    group_name: str
    open: int
    closed: int
    lapsed: int


def find_call(actor: Actor, call_id: str) -> FollowUpCall:
    """A call of a group that this actor leads. NotFound, Forbidden."""
    found = (
        FollowUpCall.select(FollowUpCall, Meeting, Group).join(Meeting).join(Group)
        .where(FollowUpCall.id == call_id, known_to(actor, FollowUpCall.organisation))
    ).get_or_none()  # fmt: skip
    if found is None:
        raise NotFound()
    check_group(actor, found.meeting.group, people.may_record_attendance)
    return found


def list_calls(actor: Actor) -> list[CallLine]:
    """Who may be called now or later, in the groups that this actor leads: longest ago first, then by name."""
    rows = list(_open(actor))
    names = participants.call_names_of(row.membership.participant_id for row in rows)
    return sorted((_line(row, names) for row in rows), key=lambda line: (line.met_on, line.call_name.casefold()))


def count_calls(actor: Actor) -> int:
    """How many of these are for today."""
    ready = FollowUpCall.later_on.is_null() | (FollowUpCall.later_on <= clock.today())
    number: int = _open(actor).where(ready).count()
    return number


def count_by_group(actor: Actor) -> list[CallCount]:
    """The numbers of the groups that this actor looks after as coordinator, where there were any."""
    rows = (
        FollowUpCall.select(Group.id, Group.name, FollowUpCall.state, fn.COUNT(FollowUpCall.id))
        .join(Meeting).join(Group)
        .where(
            within(actor, FollowUpCall.organisation, (people.COORDINATOR,)), FollowUpCall.state != "withdrawn",
            Meeting.on > clock.today() - timedelta(days=COUNTED_DAYS),
        )
        .group_by(Group.id, Group.name, FollowUpCall.state)
    )  # fmt: skip
    numbers: dict[tuple[str, str], Counter[str]] = {}
    for group_id, name, state, number in rows.tuples():
        numbers.setdefault((name, group_id), Counter())[state] = number
    return [
        CallCount(name, held["open"], held["closed"], held["lapsed"])
        for (name, _), held in sorted(numbers.items())
    ]


def _open(actor: Actor) -> Any:
    return (
        FollowUpCall.select(FollowUpCall, Meeting, Group, Membership)
        .join(Meeting).join(Group).switch(FollowUpCall).join(Membership)
        .where(
            FollowUpCall.state == "open", FollowUpCall.lapses_at > clock.now(),
            Meeting.group.in_(sorted(ids_led_by(actor))),
        )
    )  # fmt: skip


def _line(row: FollowUpCall, names: dict[str, str]) -> CallLine:
    group, today = row.meeting.group, clock.today()
    last_day = clock.local(row.lapses_at).date()
    is_later = row.later_on is not None and row.later_on > today
    ahead = (today + timedelta(days=number) for number in range(1, 8))
    return CallLine(
        row.id, group.id, group.name, row.organisation_id, names.get(row.membership.participant_id, "…"),
        row.meeting.on, last_day, row.later_on if is_later else None,
        tuple(day for day in ahead if day <= last_day),
    )  # fmt: skip
