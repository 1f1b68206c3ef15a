"""What the figures of a region are made of: memberships, meetings held and first meetings, as numbers by group.

Only of organisations of which the actor is coordinator. These are the bare counts; `region` shows less of them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from peewee import Expression, fn

from services.meetings.models import Attendance, ErasedMove, Meeting, Membership, Signup
from services.meetings.queries.series import GOES_ON
from services.meetings.rules import permissions
from services.meetings.rules.attendance import came
from services.meetings.rules.meetings import MeetingState
from services.meetings.rules.region import (
    Begun,
    Held,
    Period,
    Stay,
    count_left,
    count_newcomers,
    counts_as_left,
    counts_as_newcomer,
)
from shared import clock
from shared.security.actor import Actor, within

COORDINATOR = (permissions.COORDINATOR,)
_BEGUN = Membership.ended_on.is_null() | (Membership.ended_on >= Membership.starts_on)  # else it was taken back


@dataclass(frozen=True)
class PeopleCounts:
    """Who takes part at the end of a period, and who came and left in it.

    places  group -> memberships; people: organisation -> people, each counted once
    """

    places: Counter[str]
    people: Counter[str]
    newcomers: Counter[str]
    left: Counter[str]


def list_held(actor: Actor, first: date, last: date) -> list[Held]:
    """Return the meetings of these days that took place, with the numbers that stay."""
    numbers = ("members", "present", "not_recorded", "unnamed")
    rows = Meeting.select(
        Meeting.group, Meeting.on, *(getattr(Meeting, f"total_{name}") for name in numbers)
    ).where(
        within(actor, Meeting.organisation, COORDINATOR),
        Meeting.state == MeetingState.TOOK_PLACE,
        Meeting.on.between(first, last),
    )
    return [
        Held(group_id, on, members, came(present, not_recorded, unnamed), present + unnamed)
        for group_id, on, members, present, not_recorded, unnamed in rows.tuples()
    ]


def count_people(actor: Actor, *periods: Period) -> list[PeopleCounts]:
    """Return the counts of each period, also of people who were erased since; the periods lie side by side."""
    first, last = min(period.first for period in periods), max(period.last for period in periods)
    stays, moves = _stays_around(actor, first, last), _moves_of_erased(actor, last)
    return [_count(actor, period, stays, moves) for period in periods]


def _count(
    actor: Actor, period: Period, stays: Collection[Stay], erased: Collection[_ErasedMoves]
) -> PeopleCounts:
    counts = PeopleCounts(
        _places_on(actor, period.last),
        _people_on(actor, period.last),
        count_newcomers(stays, period),
        count_left(stays, period),
    )
    for move in erased:
        if move.on > period.last:
            continue
        if move.kind in ("joined", "ended"):
            counts.places[move.group_id] += move.number if move.kind == "joined" else -move.number
        elif move.kind in ("came", "went"):
            counts.people[move.organisation_id] += move.number if move.kind == "came" else -move.number
        counts.newcomers[move.group_id] += move.number * counts_as_newcomer(move.kind, move.on, period)
        counts.left[move.group_id] += move.number * counts_as_left(move.kind, move.on, move.until, period)
    return counts


def _belong_on(day: date) -> Expression:
    """Select the memberships that hold at the end of a day, as far as is known today."""
    left_later = (Membership.ended_on > day) & (Membership.ended_on <= clock.today())
    return (Membership.made_at < _end_of(day)) & (Membership.ended_on.is_null() | left_later) & _BEGUN


def _places_on(actor: Actor, day: date) -> Counter[str]:
    rows = Membership.select(Membership.group, fn.COUNT(Membership.id)).where(
        within(actor, Membership.organisation, COORDINATOR), _belong_on(day)
    )
    return Counter(dict(rows.group_by(Membership.group).tuples()))


def _people_on(actor: Actor, day: date) -> Counter[str]:
    rows = Membership.select(Membership.organisation, fn.COUNT(Membership.participant_id.distinct())).where(
        within(actor, Membership.organisation, COORDINATOR), _belong_on(day)
    )
    return Counter(dict(rows.group_by(Membership.organisation).tuples()))


def _stays_around(actor: Actor, first: date, last: date) -> list[Stay]:
    """Return all memberships of whoever got or ended one in these days."""
    since = clock.instant(first, time())
    moved = Membership.select(Membership.participant_id).where(
        within(actor, Membership.organisation, COORDINATOR),
        Membership.made_at.between(since, _end_of(last)) | Membership.ended_on.between(first, last),
    )
    rows = Membership.select(
        Membership.participant_id, Membership.group, Membership.made_at, Membership.ended_on
    ).where(within(actor, Membership.organisation, COORDINATOR), Membership.participant_id.in_(moved), _BEGUN)
    return [
        Stay(participant_id, group_id, clock.local(made_at).date(), ended_on)
        for participant_id, group_id, made_at, ended_on in rows.tuples()
    ]


class _ErasedMoves(NamedTuple):
    organisation_id: str
    group_id: str
    on: date
    kind: str
    until: date
    number: int


def _moves_of_erased(actor: Actor, last: date) -> list[_ErasedMoves]:
    rows = ErasedMove.select(
        ErasedMove.organisation,
        ErasedMove.group,
        ErasedMove.on,
        ErasedMove.kind,
        ErasedMove.until,
        ErasedMove.number,
    ).where(within(actor, ErasedMove.organisation, COORDINATOR), ErasedMove.on <= last)
    return [_ErasedMoves(*row) for row in rows.tuples()]


def list_begun(actor: Actor, first: date, last: date) -> list[Begun]:
    """Return the first meetings of these days of people who had signed up; not of those who were erased since."""
    firsts = _first_meetings(actor, first, last)
    signed_up = _signed_up_at(actor, firsts)
    begun = []
    for participant_id, (on, group_id) in firsts.items():
        if participant_id in signed_up:
            days = (on - clock.local(signed_up[participant_id]).date()).days
            if days >= 0:  # else they walked in, and signed up for another group later
                begun.append(Begun(group_id, on, days))
    return begun


def _first_meetings(actor: Actor, first: date, last: date) -> dict[str, tuple[date, str]]:
    """Return participant -> day and group of the first meeting at which they were present."""
    earlier, earlier_meeting, of_person = Attendance.alias(), Meeting.alias(), Membership.alias()
    was_there_before = fn.EXISTS(
        earlier.select(1)
        .join(earlier_meeting, on=earlier.meeting == earlier_meeting.id)
        .join(of_person, on=earlier.membership == of_person.id)
        .where(
            of_person.participant_id == Membership.participant_id,
            earlier.mark == "present",
            earlier_meeting.state == MeetingState.TOOK_PLACE,
            earlier_meeting.on < first,
        )
    )
    rows = (
        Attendance.select(Membership.participant_id, Meeting.on, Meeting.group)
        .join(Meeting)
        .switch(Attendance)
        .join(Membership)
        .where(
            within(actor, Attendance.organisation, COORDINATOR),
            Attendance.mark == "present",
            Meeting.state == MeetingState.TOOK_PLACE,
            Meeting.on.between(first, last),
            ~was_there_before,
        )
    )
    meetings: defaultdict[str, list[tuple[date, str]]] = defaultdict(list)
    for participant_id, on, group_id in rows.tuples():
        meetings[participant_id].append((on, group_id))
    return {participant_id: min(held) for participant_id, held in meetings.items()}


def _signed_up_at(actor: Actor, participant_ids: Collection[str]) -> dict[str, datetime]:
    rows = (
        Signup.select(Signup.participant_id, Signup.received_at)
        .where(
            within(actor, Signup.organisation_id, COORDINATOR), Signup.participant_id.in_(sorted(participant_ids))
        )
        .order_by(Signup.received_at.desc())
    )
    return dict(rows.tuples())


def first_held_on(actor: Actor) -> dict[str, date]:
    """Return organisation -> the day of its first meeting that took place."""
    rows = Meeting.select(Meeting.organisation, fn.MIN(Meeting.on)).where(
        within(actor, Meeting.organisation, COORDINATOR), Meeting.state == MeetingState.TOOK_PLACE
    )
    return dict(rows.group_by(Meeting.organisation).tuples())


def first_days_of(group_ids: Collection[str]) -> dict[str, date]:
    """Return group -> the day of its first meeting."""
    rows = Meeting.select(Meeting.group, fn.MIN(Meeting.on)).where(
        Meeting.group.in_(sorted(group_ids)), Meeting.state.in_(GOES_ON)
    )
    return dict(rows.group_by(Meeting.group).tuples())


def coming_days_of(group_ids: Collection[str]) -> dict[str, list[date]]:
    """Return group -> the days of its planned meetings, of today and later."""
    rows = Meeting.select(Meeting.group, Meeting.on).where(
        Meeting.group.in_(sorted(group_ids)), Meeting.state == MeetingState.PLANNED, Meeting.on >= clock.today()
    )
    days: defaultdict[str, list[date]] = defaultdict(list)
    for group_id, on in rows.tuples():
        days[group_id].append(on)
    return days


def _end_of(day: date) -> datetime:
    return clock.instant(day + timedelta(days=1), time())
