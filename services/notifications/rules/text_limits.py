"""How many text messages may leave: against whoever has them sent by the hundred to earn from them.

A message too many is never lost: it waits until there is room, and a person sees that it waits. What somebody
asked for a moment ago has the same limits, and is counted apart: nobody uses up the room of reminders and changes
by asking.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.notifications.rules import sliding_window

DAY = timedelta(days=1)
# Our own defaults. Who takes part was given a place by a person, so nobody can raise the limit by signing up.
LEAST_IN_ALL = 1000
PER_MEMBER = 3
_LAST_DIGITS = 4


@dataclass(frozen=True, slots=True)
class TextLimits:
    """Most text messages within a day: to one number, to one block of numbers, and of everybody together.

    countries       the beginnings of the numbers that we send to at all, without a plus
    follows_region  whether `in_all` follows how many take part: see `most_in_all`
    """

    countries: tuple[str, ...] = ("31",)
    per_number: int = 10
    per_block: int = 50
    in_all: int = LEAST_IN_ALL
    follows_region: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """When text messages left in the last day, oldest first: to this number, to its block, and all of them."""

    to_number: Sequence[datetime] = ()
    to_block: Sequence[datetime] = ()
    in_all: Sequence[datetime] = ()


def is_our_country(number: str, limits: TextLimits) -> bool:
    """Tell whether we send to numbers like this one (+31612345678)."""
    return any(number.startswith(f"+{country}") for country in limits.countries)


def most_in_all(members: int) -> int:
    """Return how many may leave in a day where so many people take part: each may be texted a few times."""
    return max(LEAST_IN_ALL, PER_MEMBER * members)


def block_of(number: str) -> str:
    """Return the beginning that ten thousand neighbouring numbers share.

    Who earns from text messages holds whole rows of numbers.
    """
    return number[:-_LAST_DIGITS]


def free_at(sent: Sent, limits: TextLimits, now: datetime) -> datetime | None:
    """Return when the next one may go; None when it may go now."""
    rows = ((sent.to_number, limits.per_number), (sent.to_block, limits.per_block), (sent.in_all, limits.in_all))
    free = [
        frees for moments, most in rows if (frees := sliding_window.free_at(moments, most, DAY, now)) is not None
    ]
    return max(free, default=None)
