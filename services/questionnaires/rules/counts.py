"""What staff may see of a list: numbers, and only where they identify nobody."""

from __future__ import annotations

# The same threshold as for results: four (our own; groups work from four).
LEAST = 4


def may_be_split(asked: int) -> bool:
    """Return whether the number of people asked may be split into open, completed and closed.

    With one person asked, "completed: 1" would say who it was. How many were asked is never a secret: whoever
    sees it knows the group. Lists that were withdrawn are left out of every number, because a difference
    between asked and the rest would say that somebody took back consent.
    """
    return asked >= LEAST
