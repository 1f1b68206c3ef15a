"""Series: a rhythm or picked days in local wall time, their instants, and how far ahead meetings are made."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shared.errors import Refusal

ZONE = "Europe/Amsterdam"
SHORTEST_MINUTES, LONGEST_MINUTES = 15, 480
LONGEST_RHYTHM_WEEKS = 13  # once in three months is the rarest rhythm in the sources (002)
LOOK_AHEAD_YEARS = 10
FURTHEST_START_YEARS = 2


@dataclass(frozen=True, slots=True)
class SeriesRule:
    """Every so many weeks from `first_on`, at the same wall time; `end_on` is the last possible day."""

    first_on: date
    at: time
    every_weeks: int
    minutes: int
    end_on: date | None = None
    skipped: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class ExplicitDates:
    """Days picked one by one, all at the same wall time; for "every month" or "we pick the next day together"."""

    days: frozenset[date]
    at: time
    minutes: int


Series = SeriesRule | ExplicitDates


def dates(series: Series, from_day: date, until: date) -> list[date]:
    """Return the days of meetings from `from_day` up to and including `until`, in order, without skipped days."""
    if isinstance(series, ExplicitDates):
        return sorted(day for day in series.days if from_day <= day <= until)
    step = timedelta(weeks=series.every_weeks)
    last = until if series.end_on is None else min(until, series.end_on)
    # Counted in whole steps, so that a far end date cannot run past the calendar.
    first_step = max(0, -((series.first_on - from_day) // step))
    steps = range(first_step, (last - series.first_on) // step + 1)
    days = (series.first_on + number * step for number in steps)
    return [day for day in days if day not in series.skipped]


def instant(on: date, at: time, zone: str = ZONE) -> datetime:
    """Return the instant, in UTC, at which a local clock shows this.

    In the autumn hour that comes twice the first is taken: coming early is better than too late.
    Refused: clock_skips_this_hour (on, at) when the clock jumps over this time in spring.
    """
    wall = datetime.combine(on, at.replace(tzinfo=None, fold=0))
    moment = wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    if moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0) != wall:
        raise Refusal("clock_skips_this_hour", on=on, at=at)
    return moment


def span(on: date, at: time, minutes: int, zone: str = ZONE) -> tuple[datetime, datetime]:
    """Return the instants at which a meeting begins and ends, in UTC. Refused: as `instant`."""
    begins = instant(on, at, zone)
    return begins, begins + timedelta(minutes=minutes)


def check_moment(on: date, at: time, minutes: int, now: datetime, zone: str = ZONE) -> None:
    """Check one meeting on its own; `now` is an aware moment.

    Refused: meeting_length_wrong, start_in_past, start_too_far, clock_skips_this_hour.
    """
    if not SHORTEST_MINUTES <= minutes <= LONGEST_MINUTES:
        raise Refusal("meeting_length_wrong", least=SHORTEST_MINUTES, most=LONGEST_MINUTES)
    _check_day(on, now, zone)
    if instant(on, at, zone) < now:
        raise Refusal("start_in_past", on=on)


def check_series(series: Series, now: datetime, zone: str = ZONE) -> None:
    """Refuse a series that is impossible; `now` is an aware moment.

    Refused: rhythm_wrong, series_end_before_start, series_has_no_dates, meeting_length_wrong, start_in_past,
    start_too_far, and clock_skips_this_hour (on, at) when the wall time does not exist on one of its days in the
    next ten years; skipping that one day fixes it.
    """
    days = _rhythm_days(series, now, zone) if isinstance(series, SeriesRule) else sorted(series.days)
    if not days:
        raise Refusal("series_has_no_dates")
    check_moment(days[0], series.at, series.minutes, now, zone)
    if isinstance(series, ExplicitDates):
        _check_day(days[-1], now, zone)
    for day in days:
        instant(day, series.at, zone)


def _rhythm_days(rule: SeriesRule, now: datetime, zone: str) -> list[date]:
    if not 1 <= rule.every_weeks <= LONGEST_RHYTHM_WEEKS:
        raise Refusal("rhythm_wrong", least=1, most=LONGEST_RHYTHM_WEEKS)
    if rule.end_on is not None and rule.end_on < rule.first_on:
        raise Refusal("series_end_before_start")
    _check_day(rule.first_on, now, zone)
    return dates(rule, rule.first_on, furthest_day(rule.first_on))


def furthest_day(first_on: date) -> date:
    """Return the day up to which a series that begins then is looked at, to refuse or to warn."""
    return first_on + timedelta(days=366 * LOOK_AHEAD_YEARS)


def _check_day(on: date, now: datetime, zone: str) -> None:
    """Refuse a day that is over, or so far off that it must be a typing error, before it is used."""
    today = now.astimezone(ZoneInfo(zone)).date()
    if on < today:
        raise Refusal("start_in_past", on=on)
    if on > today + timedelta(days=366 * FURTHEST_START_YEARS):
        raise Refusal("start_too_far", on=on)


AHEAD = timedelta(weeks=8)  # our own default: far enough to plan a life around, near enough to change
SPARE = timedelta(weeks=1)


def make_until(today: date, first_on: date) -> date:
    """Return the day up to which a new series gets its meetings: eight weeks ahead, with one meeting at least."""
    return max(today, first_on) + AHEAD


def prolong_until(today: date) -> date:
    """Return a day a week further than needed, so that a series is prolonged once a week and not once a day."""
    return today + AHEAD + SPARE


def meeting_kind(agenda: Collection[str] | None, is_first: bool) -> str:
    """Return "opening" where the kind of group has one and the group has not met yet; else "regular".

    agenda  the kinds of meeting for which the group has an agenda
    """
    return "opening" if is_first and "opening" in (agenda or ()) else "regular"
