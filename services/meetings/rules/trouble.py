"""What is the matter with an event that could not be handled, by the words that were kept of it."""

from __future__ import annotations

import re

_BROKE = re.compile(r" at \S+:\d+$")
_BEGINNINGS = (
    ("waits behind", "waits"),
    ("replayed", "again"),
    ("refused:", "refused"),
    ("unreadable", "unreadable"),
    ("data not understood", "unreadable"),
    ("personal values not understood", "unreadable"),
    ("a sealed value", "sealed"),
    ("a value sealed", "sealed"),
    ("an event from another", "not_theirs"),
    ("not from anybody", "not_theirs"),
)


def trouble_of(kept: str, *, is_dead: bool) -> str:
    """Its code; what the services say in words of their own is too early for now, or hopeless for good."""
    for beginning, code in _BEGINNINGS:
        if kept.startswith(beginning):
            return code
    if _BROKE.search(kept):
        return "broke"
    return "hopeless" if is_dead else "too_early"
