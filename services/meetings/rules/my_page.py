"""The code for a participant's own page: how long it works and how often one may try."""

from __future__ import annotations

from datetime import timedelta

CODE_LIFETIME = timedelta(minutes=10)
MOST_WRONG = 5  # with one code; after that another one must be asked for
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
# Every code is a message that somebody pays for and a phone that sounds.
MOST_CODES_WITH_A_LINK = ((4, _HOUR), (8, _DAY))
# Over all codes together: somebody who holds another's link may guess at twenty in a million a day.
MOST_GUESSES_WITH_A_LINK = ((10, _HOUR), (20, _DAY))


def is_open(*, wrong: int, is_used: bool, is_over: bool) -> bool:
    """Return whether a code may still be typed."""
    return not is_used and not is_over and wrong < MOST_WRONG
