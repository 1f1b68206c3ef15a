"""When a group meets: its rhythm, and its first, next and earlier meetings."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, time, timedelta

from peewee import fn

from services.meetings.models import PLANNED, Group, Meeting, MeetingSeries
from services.meetings.rules.series import ExplicitDates, Series, SeriesRule, dates, furthest_day
from shared import clock


def meeting_before(meeting: Meeting) -> Meeting | None:
    """Return the latest earlier meeting of the group that was held or is planned; None for the first one."""
    earlier = Meeting.select().where(
        Meeting.organisation == meeting.organisation_id,
        Meeting.group == meeting.group_id,
        Meeting.on < meeting.on,
        Meeting.state.in_(("planned", "took_place", "not_reported")),
    )
    return earlier.order_by(Meeting.on.desc(), Meeting.at.desc()).first()


# So many meetings say how a group is doing; those of longer ago say nothing about now.
TURNOUTS, TURNOUT_PERIOD = 8, timedelta(weeks=16)
GOES_ON = ("planned", "took_place", "not_reported", "did_not_take_place")


@dataclass(frozen=True)
class Rhythm:
    """Weekday (0 is Monday) and weeks between meetings are None for days that were picked one by one."""

    weekday: int | None
    at: time
    every_weeks: int | None
    minutes: int


@dataclass(frozen=True)
class NextMeeting:
    """The first meeting that is planned for today or later."""

    id: str
    on: date
    at: time


def list_rhythm_days(
    first_on: date, at: time, every_weeks: int, minutes: int, *, end_on: date | None = None
) -> list[date]:
    """Return the days of a rhythm that is asked for, as far ahead as `check_series` looks."""
    return dates(SeriesRule(first_on, at, every_weeks, minutes, end_on), first_on, furthest_day(first_on))


def as_rule(row: MeetingSeries) -> Series:
    """Return a stored series as the rules take it."""
    if row.days is not None:
        return ExplicitDates(frozenset(map(date.fromisoformat, row.days)), row.at, row.minutes)
    assert row.every_weeks is not None, "a series without days has a rhythm"
    return SeriesRule(
        first_on=row.first_on,
        at=row.at,
        every_weeks=row.every_weeks,
        minutes=row.minutes,
        end_on=row.end_on,
        skipped=frozenset(map(date.fromisoformat, row.skipped)),
    )


def rhythms_of(group_ids: Collection[str]) -> dict[str, Rhythm]:
    """Return group id -> the newest series that has not ended, in one query."""
    rows = (
        MeetingSeries.select()
        .where(
            MeetingSeries.group.in_(sorted(group_ids)),
            MeetingSeries.end_on.is_null() | (MeetingSeries.end_on >= clock.today()),
        )
        .order_by(MeetingSeries.id)
    )
    return {row.group_id: _rhythm(row) for row in rows}


def next_meetings_of(group_ids: Collection[str]) -> dict[str, NextMeeting]:
    """Return group id -> its next meeting, in one query."""
    first = (
        Meeting.select(Meeting.id)
        .where(Meeting.group == Group.id, PLANNED, Meeting.on >= clock.today())
        .order_by(Meeting.on, Meeting.at)
        .limit(1)
    )
    ids = Group.select(first).where(Group.id.in_(sorted(group_ids)))
    rows = Meeting.select(Meeting.group, Meeting.id, Meeting.on, Meeting.at).where(Meeting.id.in_(ids))
    return {group_id: NextMeeting(*meeting) for group_id, *meeting in rows.tuples()}


def last_turnouts_of(group_ids: Collection[str]) -> dict[str, tuple[int, ...]]:
    """Return group id -> how many came to each of its last closed meetings, oldest first; in one query."""
    since = clock.today() - TURNOUT_PERIOD
    came = Meeting.total_present + Meeting.total_unnamed
    rows = (
        Meeting.select(Meeting.group, came)
        .where(
            Meeting.group.in_(sorted(group_ids)),
            Meeting.on.between(since, clock.today()),
            Meeting.total_members.is_null(False),
        )
        .order_by(Meeting.group, Meeting.on, Meeting.at)
    )
    turnouts: dict[str, list[int]] = {}
    for group_id, number in rows.tuples():
        turnouts.setdefault(group_id, []).append(number)
    return {group_id: tuple(numbers[-TURNOUTS:]) for group_id, numbers in turnouts.items()}


def state_at(group: Group, on: date, at: time, *, but: str = "") -> str | None:
    """Return the state of the meeting that the group has at this moment; None when it has none.

    but  the id of a meeting that does not count
    """
    there = Meeting.get_or_none(
        Meeting.organisation == group.organisation_id,
        Meeting.group == group.id,
        Meeting.on == on,
        Meeting.at == at,
        Meeting.id != but,
    )
    return None if there is None else str(there.state)


def first_meeting_on(group_id: str) -> date | None:
    """Return the day of the first meeting that a group has or had."""
    days = Meeting.select(fn.MIN(Meeting.on)).where(Meeting.group == group_id, Meeting.state.in_(GOES_ON))
    return days.scalar()


def _rhythm(row: MeetingSeries) -> Rhythm:
    weekday = row.first_on.weekday() if row.every_weeks else None
    return Rhythm(weekday, row.at, row.every_weeks, row.minutes)
