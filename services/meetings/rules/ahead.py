"""How far ahead meetings are made, and of which kind the first one is."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

AHEAD = timedelta(weeks=8)  # our own default: far enough to plan a life around, near enough to change
SPARE = timedelta(weeks=1)


def make_until(today: date, first_on: date) -> date:
    """The day up to which a new series gets its meetings: eight weeks ahead, and never none at all."""
    return max(today, first_on) + AHEAD


def prolong_until(today: date) -> date:
    """A week further than needed, so that every series is written once a week and not once a day."""
    return today + AHEAD + SPARE


def meeting_kind(agenda: Collection[str] | None, is_first: bool) -> str:
    """An opening meeting where the kind of group knows one and nobody has met yet; else a regular one.

    agenda  the kinds of meeting for which the group has an agenda
    """
    return "opening" if is_first and "opening" in (agenda or ()) else "regular"
