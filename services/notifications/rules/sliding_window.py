"""Room for one more: so many within a time, counted back from now."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta


def free_at(moments: Iterable[datetime], most: int, within: timedelta, now: datetime) -> datetime | None:
    """Return when one more may follow on these; None when it may follow now."""
    recent = sorted(moment for moment in moments if moment > now - within)
    if len(recent) < most:
        return None
    # As soon as so many are past their time that there is room for one.
    return recent[len(recent) - most] + within
