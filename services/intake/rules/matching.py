"""Which groups fit somebody, best first, each with its reasons; and for every other group the one reason why not.

A person decides: this only puts groups in an order that can be explained, and refuses nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from functools import cache, partial
from operator import itemgetter
from typing import NamedTuple

RUNNING_STATES = frozenset({"ready", "running"})

# Why a group is left out. The first that holds is the one that is given, in this order: what no search can change,
# what the person asked for, then what may be different next month.
LEFT_OUT_ORDER = (
    "already_in",
    "not_running",
    "avoided",
    "other_audience",
    "not_accessible",
    "already_begun",
    "no_entry_date",
    "full",
)

# Our own weights: near and at a good moment weigh most, and an earlier start alone beats none of the others.
NEAR_POINTS = {4: 40, 3: 30, 2: 15}
NEAR_CODES = {4: "near_neighbourhood", 3: "near_town", 2: "near_region"}
DAY_AND_TIME_POINTS = 40
DAY_POINTS = 20
PART_OF_DAY_POINTS = 15
THEME_POINTS, MOST_THEMES = 10, 3
SOON_DAYS, SOON_POINTS = 7, 8
WITHIN_A_MONTH_DAYS, WITHIN_A_MONTH_POINTS = 31, 4
TRIED_POINTS = -25

NOON, EVENING = time(12), time(17, 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody looks for; whatever is empty or None is left open and excludes nothing.

    days          weekdays that suit, 0 is Monday
    parts_of_day  of "morning", "afternoon", "evening"
    area          the first two to four digits of a postcode
    needs         features that the place must have, for instance "wheelchair"
    avoids, tried, belongs  ids of groups: never that one; has been there before; is in it now
    """

    audience: str | None = None
    days: frozenset[int] = frozenset()
    parts_of_day: frozenset[str] = frozenset()
    area: str | None = None
    needs: frozenset[str] = frozenset()
    avoids: frozenset[str] = frozenset()
    themes: frozenset[str] = frozenset()
    tried: frozenset[str] = frozenset()
    belongs: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupOffer:
    """A group as somebody new sees it.

    audience       "own", "affected_other" or "both"
    next_entry_on  first day to start, as `placements.first_entry_on` gives; None when there is none
    places_left    as `placements.places_left` gives; None is no limit
    area           the first four digits of the place's postcode
    """

    group_id: str
    name: str
    audience: str
    admission: str
    next_entry_on: date | None
    weekday: int | None = None
    at: time | None = None
    places_left: int | None = None
    features: frozenset[str] = frozenset()
    area: str | None = None
    themes: frozenset[str] = frozenset()
    state: str = "running"


class Reason(NamedTuple):
    """Why a group fits; its sentence is in messages.nl.toml under [reasons] and may name the facts."""

    code: str
    facts: Mapping[str, object]


class MatchSuggestion(NamedTuple):
    """A group that fits, with at least one reason; a higher score is a better fit."""

    group_id: str
    score: int
    reasons: tuple[Reason, ...]


class LeftOut(NamedTuple):
    """A group that does not fit now; `reason` is one of `LEFT_OUT_ORDER`."""

    group_id: str
    reason: str


Rated = tuple[int, tuple[Reason, ...]]
_NOTHING: Rated = (0, ())
_TRIED: Rated = (TRIED_POINTS, (Reason("been_there_before", {}),))


class Matches(NamedTuple):
    """Every offer is in exactly one of the two lists."""

    suggested: list[MatchSuggestion]
    left_out: list[LeftOut]


def best_groups(wish: Wish, offers: Iterable[GroupOffer], today: date) -> Matches:
    """Return the groups that fit, best first, and the others with why not.

    Equal scores are ordered by first start, then name, then id, so that the same question has the same answer.
    Left out groups stand in the order of `LEFT_OUT_ORDER`, then by name and id.
    """
    rate = _rater(wish, today)
    ranked: list[tuple[int, date, str, str, MatchSuggestion]] = []
    others: list[tuple[int, str, str, LeftOut]] = []
    for offer in offers:
        starts_on = _starts_on(offer, today)
        why_not = _why_not(wish, offer, starts_on)
        if why_not is not None or starts_on is None:
            left = LeftOut(offer.group_id, why_not or "no_entry_date")
            others.append((LEFT_OUT_ORDER.index(left.reason), offer.name.casefold(), offer.group_id, left))
        else:
            fit = rate(offer, starts_on)
            ranked.append((-fit.score, starts_on, offer.name.casefold(), offer.group_id, fit))
    ranked.sort(key=itemgetter(0, 1, 2, 3))
    others.sort(key=itemgetter(0, 1, 2))
    return Matches([row[-1] for row in ranked], [row[-1] for row in others])


def _why_not(wish: Wish, offer: GroupOffer, starts_on: date | None) -> str | None:
    """Return the first hard reason in `LEFT_OUT_ORDER`, or None when the group fits."""
    if offer.group_id in wish.belongs:
        return "already_in"
    if offer.state not in RUNNING_STATES:
        return "not_running"
    if offer.group_id in wish.avoids:
        return "avoided"
    if wish.audience is not None and offer.audience not in (wish.audience, "both"):
        return "other_audience"
    if not wish.needs <= offer.features:
        return "not_accessible"
    if starts_on is None:
        return "already_begun" if offer.admission == "fixed" else "no_entry_date"
    if offer.places_left is not None and offer.places_left <= 0:
        return "full"
    return None


def _starts_on(offer: GroupOffer, today: date) -> date | None:
    """Return the first start still to come; a day that has passed only matters where it was the only one."""
    if offer.next_entry_on is not None and offer.next_entry_on >= today:
        return offer.next_entry_on
    return today if offer.admission == "rolling" else None


def _rater(wish: Wish, today: date) -> Callable[[GroupOffer, date], MatchSuggestion]:
    """Return a function that rates one group for this wish.

    Thousands of groups share a few evenings, postcodes and start days, so each part is worked out once per value.
    """
    moment = cache(partial(_moment, wish))
    near = cache(partial(_near, wish))
    themes = cache(partial(_themes, wish))
    start = cache(partial(_start, today))
    places = cache(_places)
    accessible = (Reason("accessible", {}),) if wish.needs else ()

    def rate(offer: GroupOffer, starts_on: date) -> MatchSuggestion:
        moment_points, moment_reasons = moment(offer.weekday, offer.at)
        near_points, near_reasons = near(offer.area)
        theme_points, theme_reasons = themes(offer.themes)
        start_points, start_reasons = start(starts_on)
        tried_points, tried_reasons = _TRIED if offer.group_id in wish.tried else _NOTHING
        return MatchSuggestion(
            offer.group_id,
            moment_points + near_points + theme_points + start_points + tried_points,
            (
                *moment_reasons,
                *near_reasons,
                *theme_reasons,
                *accessible,
                *start_reasons,
                *places(offer.places_left),
                *tried_reasons,
            ),
        )

    return rate


def _moment(wish: Wish, weekday: int | None, at: time | None) -> Rated:
    day = weekday is not None and weekday in wish.days
    part = at is not None and part_of_day(at) in wish.parts_of_day
    if day and part:
        return DAY_AND_TIME_POINTS, (Reason("your_day_and_time", {}),)
    if day:
        return DAY_POINTS, (Reason("your_day", {}),)
    if part:
        return PART_OF_DAY_POINTS, (Reason("your_part_of_day", {}),)
    return _NOTHING


def _near(wish: Wish, area: str | None) -> Rated:
    """Rate the distance: the more digits of the postcode agree, the nearer; one digit says nothing."""
    if not wish.area or not area:
        return _NOTHING
    for digits in (4, 3, 2):
        if len(wish.area) >= digits and area[:digits] == wish.area[:digits]:
            return NEAR_POINTS[digits], (Reason(NEAR_CODES[digits], {}),)
    return _NOTHING


def _themes(wish: Wish, themes: frozenset[str]) -> Rated:
    shared = wish.themes & themes
    if not shared:
        return _NOTHING
    return THEME_POINTS * min(len(shared), MOST_THEMES), (
        Reason("shared_themes", {"themes": tuple(sorted(shared))}),
    )


def _start(today: date, starts_on: date) -> Rated:
    wait_days = (starts_on - today).days
    if wait_days <= SOON_DAYS:
        return SOON_POINTS, (Reason("starts_soon", {"on": starts_on}),)
    if wait_days <= WITHIN_A_MONTH_DAYS:
        return WITHIN_A_MONTH_POINTS, (Reason("starts_within_a_month", {"on": starts_on}),)
    return 0, (Reason("starts_later", {"on": starts_on}),)


def _places(left: int | None) -> tuple[Reason, ...]:
    if left is None:
        return ()
    return (Reason("one_place_left" if left == 1 else "places_left", {"places": left}),)


def part_of_day(at: time) -> str:
    """Return "morning" until noon, "evening" from half past five, "afternoon" in between."""
    if at < NOON:
        return "morning"
    return "evening" if at >= EVENING else "afternoon"
