"""Scheduling meetings: in a rhythm, on days picked one by one, or a single one; and making them in time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time

from services.meetings import events
from services.meetings.commands.publishing import publish_group, publish_meeting
from services.meetings.models import Group, Meeting, MeetingSeries, service
from services.meetings.queries import kinds
from services.meetings.queries.scope import find_group
from services.meetings.queries.series import as_rule, state_at
from services.meetings.rules import permissions
from services.meetings.rules import series as rules
from services.meetings.rules.kind_fields import MEETING_KINDS
from services.meetings.rules.meetings import check_free
from services.meetings.rules.series import AHEAD, make_until, meeting_kind, prolong_until
from shared import clock
from shared.errors import Refusal
from shared.ids import new_id
from shared.security.actor import Actor


@service.command
def schedule_series(
    actor: Actor,
    *,
    group_id: str,
    first_on: date,
    at: time,
    every_weeks: int,
    minutes: int,
    end_on: date | None = None,
    skipped: Collection[date] = (),
    request_id: str,
) -> str:
    """Schedule a rhythm in Dutch wall time; gives the id of the series. Its meetings are made eight weeks ahead.

    A service that acts by itself may write down a rhythm that began in the past.
    Refused: group_ended, meeting_at_this_moment (on), and as `series.check_series`.
    """
    rule = rules.SeriesRule(first_on, at, every_weeks, minutes, end_on, frozenset(skipped))
    group = _plannable(actor, group_id)
    rules.check_series(rule, _planning_from(actor, first_on, at))
    row = MeetingSeries.create(
        id=new_id(),
        organisation=group.organisation_id,
        group=group_id,
        first_on=first_on,
        at=at,
        zone=rules.ZONE,
        minutes=minutes,
        every_weeks=every_weeks,
        end_on=end_on,
        skipped=sorted(day.isoformat() for day in skipped),
        made_until=make_until(clock.today(), first_on),
    )
    _make_all(group, row, rules.dates(rule, first_on, row.made_until))
    return str(row.id)


@service.command
def schedule_days(
    actor: Actor, *, group_id: str, days: Collection[date], at: time, minutes: int, request_id: str
) -> str:
    """Schedule days picked one by one, all at the same time; gives the id of the series.

    All its meetings are made at once.
    Refused: group_ended, meeting_at_this_moment (on), and as `series.check_series`.
    """
    chosen = rules.ExplicitDates(frozenset(days), at, minutes)
    group = _plannable(actor, group_id)
    first_on = min(days, default=clock.today())
    rules.check_series(chosen, _planning_from(actor, first_on, at))
    row = MeetingSeries.create(
        id=new_id(),
        organisation=group.organisation_id,
        group=group_id,
        first_on=first_on,
        at=at,
        zone=rules.ZONE,
        minutes=minutes,
        end_on=max(days),
        skipped=[],
        days=sorted(day.isoformat() for day in chosen.days),
        made_until=max(days),
    )
    _make_all(group, row, sorted(chosen.days))
    return str(row.id)


@service.command
def schedule_meeting(
    actor: Actor, *, group_id: str, on: date, at: time, minutes: int, kind: str | None = None, request_id: str
) -> str:
    """Schedule one meeting on its own; gives its id. Without a kind it is an opening or a regular one.

    Refused: group_ended, meeting_at_this_moment (on), cancelled_at_this_moment (on), meeting_kind_unknown, and as
    `series.check_moment`.
    """
    group = _plannable(actor, group_id)
    if kind is not None and kind not in MEETING_KINDS:
        raise Refusal("meeting_kind_unknown", field="kind")
    rules.check_moment(on, at, minutes, _planning_from(actor, on, at))
    meeting = _make_one(group, None, on, at, minutes, kind)
    _begin(group)
    return str(meeting.id)


def prolong_series() -> bool:
    """Make the meetings of one series that no longer reaches far enough ahead; True when there was one.

    Safe to run in several processes: who comes second finds nothing left to do.
    """
    if _next_due() is None:
        return False
    with service.transaction():
        row = _next_due()
        if row is None:
            return False
        since, row.made_until = row.made_until, prolong_until(clock.today())
        row.save()
        for day in rules.dates(as_rule(row), since, row.made_until):
            # Somebody may have planned a single meeting at this moment: then the group meets, and that is enough.
            if day > since and state_at(row.group, day, row.at) is None:
                _make(row.group, row, day, row.at, row.minutes, None)
        return True


def _next_due() -> MeetingSeries | None:
    today = clock.today()
    return (
        MeetingSeries.select(MeetingSeries, Group)
        .join(Group)
        .where(
            MeetingSeries.made_until < today + AHEAD,
            MeetingSeries.days.is_null(),
            MeetingSeries.end_on.is_null() | (MeetingSeries.end_on > MeetingSeries.made_until),
            Group.state != "ended",
        )
        .order_by(MeetingSeries.made_until)
        .first()
    )


def _plannable(actor: Actor, group_id: str) -> Group:
    group = find_group(actor, group_id, permissions.may_plan_meetings)
    if group.state == "ended":
        raise Refusal("group_ended")
    return group


def _planning_from(actor: Actor, on: date, at: time) -> datetime:
    """Return the moment before which nothing can be planned: now, for a person."""
    now = clock.now()
    return min(now, rules.instant(on, at)) if actor.kind == "system" else now


def _make_all(group: Group, row: MeetingSeries, days: Collection[date]) -> None:
    for day in days:
        _make_one(group, row, day, row.at, row.minutes, None)
    _begin(group)


def _make_one(
    group: Group, series: MeetingSeries | None, on: date, at: time, minutes: int, kind: str | None
) -> Meeting:
    check_free(state_at(group, on, at), clock.day_text(on))
    return _make(group, series, on, at, minutes, kind)


def _make(
    group: Group, series: MeetingSeries | None, on: date, at: time, minutes: int, kind: str | None
) -> Meeting:
    theirs = (Meeting.organisation == group.organisation_id) & (Meeting.group == group.id)
    is_first = not Meeting.select().where(theirs).exists()
    agenda = kinds.rules_in_force(group.kind, group.overrides).agenda
    meeting = Meeting.create(
        id=new_id(),
        organisation=group.organisation_id,
        group=group.id,
        series=series,
        series_on=on if series else None,
        kind=kind or meeting_kind(agenda, is_first),
        on=on,
        at=at,
        zone=rules.ZONE,
        minutes=minutes,
        state="planned",
    )
    publish_meeting(events.MEETING_SCHEDULED, meeting, None, by_staff_id=None)
    return meeting


def _begin(group: Group) -> None:
    """Let a group that has a meeting to come to run, and publish its rhythm."""
    if group.state == "preparing":
        group.state = "running"
        group.save()
    publish_group(group.id)
