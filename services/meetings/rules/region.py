"""The figures of a region: the periods that are laid side by side, who came and left, and how long people waited.

All of it is pure. What may be shown of a count is decided in `disclosure`, and what turnout is in `attendance`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Literal, NamedTuple

from services.meetings.rules import disclosure
from services.meetings.rules.disclosure import LEAST_SHOWN, Count, Share

WEEKS = 12
LAST_WEEKS = "12-weken"
OFFERED_QUARTERS = 4
NEVER = date.max
_WEEK = timedelta(days=7)
Weeks = tuple[tuple[date, Count | None], ...]


@dataclass(frozen=True, slots=True)
class Period:
    """All days from `first` up to and including `last`; `code` is how an address names it."""

    code: str
    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        """Return whether a day lies in it."""
        return self.first <= day <= self.last

    @property
    def mondays(self) -> tuple[date, ...]:
        """Return the Monday of each week of which a day lies in it."""
        monday = monday_of(self.first)
        return tuple(monday + number * _WEEK for number in range((self.last - monday).days // 7 + 1))


def monday_of(day: date) -> date:
    """Return the Monday of the week of a day."""
    return day - timedelta(days=day.weekday())


def last_weeks(today: date) -> Period:
    """Return the last twelve calendar weeks, of which this one is not over yet."""
    return Period(LAST_WEEKS, monday_of(today) - (WEEKS - 1) * _WEEK, today)


def quarter(year: int, number: int) -> Period:
    """Return a quarter of a year, from 1 to 4."""
    begins, month = date(year, 3 * number - 2, 1), 3 * number + 1
    ends = date(year + 1, 1, 1) if month > 12 else date(year, month, 1)
    return Period(f"{year}-{number}", begins, ends - timedelta(days=1))


def quarter_before(day: date) -> Period:
    """Return the last quarter that was over before this day's quarter began."""
    number = (day.month - 1) // 3
    return quarter(day.year, number) if number else quarter(day.year - 1, 4)


def offered_periods(today: date) -> tuple[Period, ...]:
    """Return what may be asked for: the last weeks, and the last quarters that are over."""
    periods, day = [last_weeks(today)], today
    for _ in range(OFFERED_QUARTERS):
        periods.append(quarter_before(day))
        day = periods[-1].first
    return tuple(periods)


def period_before(period: Period) -> Period:
    """Return the period that this one is laid beside: as long, or the quarter before a quarter."""
    if period.code != LAST_WEEKS:
        return quarter_before(period.first)
    return Period(period.code, period.first - WEEKS * _WEEK, period.last - WEEKS * _WEEK)


def is_comparable(before: Period, began_on: date | None) -> bool:
    """Return whether the period before is known as a whole: the first meeting was on its first day or earlier."""
    return began_on is not None and began_on <= before.first


@dataclass(frozen=True, slots=True)
class Stay:
    """One membership: from the day that the place was given until the day of the farewell, if any."""

    participant_id: str
    group_id: str
    made_on: date
    ended_on: date | None = None


Kind = Literal["joined", "ended", "newcomer", "came", "went"]


@dataclass(frozen=True, slots=True)
class Move:
    """What happened to one group on a day, without whom: a membership joined or ended, somebody came or went.

    `newcomer` is who came for the first time; `came` also who is back; `went` is who then belonged to no group,
    up to and including the day before `until`.
    """

    kind: Kind
    group_id: str
    on: date
    until: date = NEVER


def moves_of(stays: Iterable[Stay]) -> list[Move]:
    """Return what the memberships of one person in one organisation add up to."""
    ordered = sorted(stays, key=lambda stay: (stay.made_on, stay.ended_on or date.max, stay.group_id))
    moves = [Move("joined", stay.group_id, stay.made_on) for stay in ordered]
    moves += [Move("ended", stay.group_id, stay.ended_on) for stay in ordered if stay.ended_on is not None]
    latest: Stay | None = None
    for stay in ordered:
        if latest is None:
            moves.append(Move("newcomer", stay.group_id, stay.made_on))
        if latest is None or (latest.ended_on is not None and latest.ended_on < stay.made_on):
            moves += _went(latest, stay.made_on)
            moves.append(Move("came", stay.group_id, stay.made_on))
            latest = stay
        elif latest.ended_on is not None and (stay.ended_on is None or stay.ended_on >= latest.ended_on):
            latest = stay
    return moves + _went(latest)


def _went(latest: Stay | None, until: date = NEVER) -> list[Move]:
    if latest is None or latest.ended_on is None:
        return []
    return [Move("went", latest.group_id, latest.ended_on, until)]


def counts_as_newcomer(kind: str, on: date, period: Period) -> bool:
    """Return whether this move is somebody's first in this period."""
    return kind == "newcomer" and on in period


def counts_as_left(kind: str, on: date, until: date, period: Period) -> bool:
    """Return whether somebody went in this period and was not back at the end of it."""
    return kind == "went" and on in period and until > period.last


def count_newcomers(stays: Iterable[Stay], period: Period) -> Counter[str]:
    """Return group -> for how many people it was the first one, in this period."""
    return Counter(
        move.group_id
        for person in _by_person(stays)
        for move in moves_of(person)
        if counts_as_newcomer(move.kind, move.on, period)
    )


def count_left(stays: Iterable[Stay], period: Period) -> Counter[str]:
    """Return group -> how many people left it in this period and belonged to no group at the end of it."""
    return Counter(
        move.group_id
        for person in _by_person(stays)
        for move in moves_of(person)
        if counts_as_left(move.kind, move.on, move.until, period)
    )


def _by_person(stays: Iterable[Stay]) -> Collection[list[Stay]]:
    by_person: defaultdict[str, list[Stay]] = defaultdict(list)
    for stay in stays:
        by_person[stay.participant_id].append(stay)
    return by_person.values()


class Held(NamedTuple):
    """One meeting that took place: how many belonged to it, how many of them came, and all who were there."""

    group_id: str
    on: date
    members: int
    came: int
    people: int


class Begun(NamedTuple):
    """Somebody's first meeting, and how many days after the sign-up that was."""

    group_id: str
    on: date
    days: int


def week_shares(meetings: Iterable[Held]) -> dict[date, Share]:
    """Return Monday -> turnout of the meetings of that week, of those at which members were expected."""
    sums: defaultdict[date, list[int]] = defaultdict(lambda: [0, 0])
    for meeting in meetings:
        week = sums[monday_of(meeting.on)]
        week[0] += meeting.came
        week[1] += meeting.members
    return {monday: disclosure.share(number, of) for monday, (number, of) in sorted(sums.items()) if of}


def turnout_by_week(
    meetings: Collection[Held], period: Period, *, keeps_names: bool
) -> tuple[Weeks, Count | None]:
    """Return the turnout of one group in each week of a period, and of all together, as they may be shown.

    In percent of its members; where no names are kept, how many people there were, and at a meeting on average.
    """
    if keeps_names:
        shares = week_shares(meetings)
        shown = {monday: share.percent() for monday, share in shares.items()}
        average = disclosure.share_of(list(shares.values())).percent()
    else:
        people: Counter[date] = Counter()
        for meeting in meetings:
            people[monday_of(meeting.on)] += meeting.people
        counts = {monday: disclosure.protect(number) for monday, number in people.items()}
        whole = disclosure.total(list(counts.values()), people.total())
        shown = dict(counts)
        average = disclosure.average(whole, len(meetings)) if meetings else None
    return tuple((monday, shown.get(monday)) for monday in period.mondays), average


def median_days(days: Collection[int]) -> int | None:
    """Return the median, half a day rounded up; None when it would be about fewer than four people."""
    return int(median(days) + 0.5) if len(days) >= LEAST_SHOWN else None


def next_start(
    admission: str | None, interval_weeks: int | None, first_on: date | None, coming: Collection[date]
) -> date | None:
    """Return the first coming meeting at which somebody new may start; None when there is none.

    first_on  the first meeting of the group, from which the weeks of "intervals" count (001, checklist 9)
    coming    the days of its planned meetings, of today and later
    """
    days = sorted(coming)
    if not days or first_on is None or days[0] <= first_on or admission == "rolling":
        return days[0] if days else None
    if admission != "intervals" or not interval_weeks:
        return None
    cycle = 7 * interval_weeks
    begun = (days[0] - first_on).days
    entry = days[0] + timedelta(days=-begun % cycle)
    return next((day for day in days if day >= entry), None)
