"""The frequency cap: so many messages a week over all types, and "missed" not too often."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from services.notifications.rules import sliding_window
from services.notifications.rules.message_types import types_that

# Our own defaults.
MOST_A_WEEK = 4
WEEK = timedelta(days=7)
MISSED_EVERY = timedelta(weeks=3)


# Answers and changes take nothing of the budget, what needs a yes does.
COUNTING = types_that("purpose")


def free_at(sent: Iterable[datetime], now: datetime) -> datetime | None:
    """Return when one more message may go to somebody; None when that is now.

    sent  when the messages that count went to this person
    """
    return sliding_window.free_at(sent, MOST_A_WEEK, WEEK, now)


def is_missed_lately(sent: Iterable[datetime], now: datetime) -> bool:
    """Tell whether this group wrote somebody so short ago that they were missed that a second time would press."""
    return any(moment > now - MISSED_EVERY for moment in sent)
