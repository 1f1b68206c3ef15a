"""Disclosure control: which counts of people may be shown so that nobody can derive one from 1 to 3.

Three steps make all that a report of one period shows. Each part is shown as `protect` says. Of the same parts one
exact sum is shown, where `total` says that it gives none of them away: people by organisation, turnout by group.
All else (a region, a choice of groups) is a sum of what is shown already, so it gives away nothing more. Not
promised: what somebody derives who lays reports of several days side by side.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

LEAST_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Count:
    """A count as it may be shown: a number when both ends are the same, else any number from `low` to `high`."""

    low: int
    high: int

    @property
    def is_exact(self) -> bool:
        """Return whether it is shown as one number."""
        return self.low == self.high

    @property
    def is_few(self) -> bool:
        """Return whether it is shown as fewer than LEAST_SHOWN."""
        return not self.is_exact and self.high < LEAST_SHOWN

    def __add__(self, other: Count) -> Count:
        """Add what is shown of two counts."""
        return Count(self.low + other.low, self.high + other.high)


NONE = Count(0, 0)


def exactly(number: int) -> Count:
    """Return a count that is shown as it is."""
    return Count(number, number)


def protect(number: int, of: int | None = None) -> Count:
    """Return a count of people in one part; none at all is shown, 1 to 3 is not.

    of  all whom the number is a part of: then the others are people too, and are protected alike
    """
    if of is not None and of < LEAST_SHOWN:
        return Count(0, of)
    if of is None:
        return Count(1, LEAST_SHOWN - 1) if 0 < number < LEAST_SHOWN else exactly(number)
    others_low = max(LEAST_SHOWN, of - LEAST_SHOWN + 1)
    if others_low == of - 1:  # one number alone would be no secret
        return Count(1, of - 1) if 0 < number < of else exactly(number)
    if 0 < number < LEAST_SHOWN:
        return Count(1, LEAST_SHOWN - 1)
    return Count(others_low, of - 1) if others_low <= number < of else exactly(number)


def summed(parts: Collection[Count]) -> Count:
    """Return the sum of what is shown of these parts."""
    return sum(parts, NONE)


def total(parts: Collection[Count], number: int, of_hidden: int | None = None) -> Count:
    """Return the sum of all parts, of which `number` is the exact one; shown so at most once over the same parts.

    What the hidden parts have together is protected as if it were one part: it is exact only when each of them
    could still be more than one number, and it is not from 1 to 3 itself. Else it is known within one or two.
    of_hidden  all whom the hidden parts are a part of, where the others are people too
    """
    shown = summed(parts)
    exact = summed([part for part in parts if part.is_exact])
    low, high, rest = shown.low - exact.low, shown.high - exact.low, number - exact.low
    lowest, highest = max(low + 1, LEAST_SHOWN - 1), high - 1
    if of_hidden is not None:
        highest = min(highest, of_hidden - LEAST_SHOWN + 1)
    if lowest >= highest:  # of one hidden part, or none, there is nothing more to say
        return shown
    joint = Count(low, lowest) if rest <= lowest else Count(highest, high) if rest >= highest else exactly(rest)
    return exact + joint


def total_of_people(parts: Collection[Count], places: int, people: int) -> Count:
    """Return how many people hold these places; somebody may hold one in several parts, and is counted once."""
    twice, of_places = _twice(parts, places, people), total(parts, places)
    low, high = of_places.low - twice.high, of_places.high - twice.low
    if high and low < LEAST_SHOWN:
        return Count(1, max(high, LEAST_SHOWN - 1))
    return Count(max(_most(parts), low), high)


def people_among(parts: Collection[Count], of: Collection[Count], places: int, people: int) -> Count:
    """Return how many people hold the places of some parts of an organisation.

    of, places, people  of the whole organisation, as `total_of_people` takes them
    """
    shown = summed(parts)
    return Count(max(_most(parts), shown.low - _twice(of, places, people).high), shown.high)


def _twice(parts: Collection[Count], places: int, people: int) -> Count:
    """Return how many places are somebody's second or third; beside a hidden part even that would tell of it."""
    number = places - people
    return exactly(number) if all(part.is_exact for part in parts) else protect(number)


def _most(parts: Collection[Count]) -> int:
    return max((part.low for part in parts), default=0)


@dataclass(frozen=True, slots=True)
class Share:
    """How many came out of how many; `number` is the bare count, which is never shown."""

    shown: Count
    number: int
    of: int

    def percent(self) -> Count | None:
        """Return what is shown of it in percent; None where it would be about fewer than four."""
        if self.of < LEAST_SHOWN:
            return None
        return Count(round(100 * self.shown.low / self.of), round(100 * self.shown.high / self.of))


def share(number: int, of: int) -> Share:
    """Return the share of one part."""
    return Share(protect(number, of), number, of)


def share_of(parts: Collection[Share]) -> Share:
    """Return the share of all parts together, as `total` does."""
    number, of = sum(part.number for part in parts), sum(part.of for part in parts)
    of_hidden = sum(part.of for part in parts if not part.shown.is_exact)
    return Share(total([part.shown for part in parts], number, of_hidden), number, of)


def share_among(parts: Collection[Share]) -> Share:
    """Return the sum of what is shown of these parts."""
    number, of = sum(part.number for part in parts), sum(part.of for part in parts)
    return Share(summed([part.shown for part in parts]), number, of)


def average(people: Count, meetings: int) -> Count:
    """Return how many people there were at each of these meetings."""
    low, high = round(people.low / meetings), round(people.high / meetings)
    return protect(low) if low == high else Count(low, high)
