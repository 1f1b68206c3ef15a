"""The life of one measurement: one person asked to fill in one list once, and how long that may take."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from shared.errors import Refusal

# Our own default; no source names a term. Long enough to lie on the table through a holiday.
DAYS_OPEN = 28


class State(StrEnum):
    """Where a measurement stands."""

    OPEN = "open"
    STARTED = "started"
    COMPLETED = "completed"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


NEXT: Mapping[State, frozenset[State]] = {
    State.OPEN: frozenset({State.STARTED, State.EXPIRED, State.WITHDRAWN}),
    State.STARTED: frozenset({State.COMPLETED, State.EXPIRED, State.WITHDRAWN}),
    State.COMPLETED: frozenset(),
    State.EXPIRED: frozenset(),
    State.WITHDRAWN: frozenset(),
}

FINAL = frozenset(state for state, following in NEXT.items() if not following)


def check_step(old: str, new: str) -> None:
    """Refuse a step that a measurement cannot take (`measurement_step`)."""
    if new not in NEXT[State(old)]:
        raise Refusal("measurement_step", old=str(old), new=str(new))


def check_may_answer(state: str, now: datetime, expires_at: datetime) -> None:
    """Refuse an answer to a list that is closed: `measurement_completed`, `_withdrawn` or `_expired`.

    Looks at the clock as well as at the state: the link may be opened before the sweep has been by.
    """
    if State(state) == State.COMPLETED:
        raise Refusal("measurement_completed")
    if State(state) == State.WITHDRAWN:
        raise Refusal("measurement_withdrawn")
    if State(state) == State.EXPIRED or now >= expires_at:
        raise Refusal("measurement_expired")


def expires_at(opened_at: datetime, zone: tzinfo, days_open: int = DAYS_OPEN) -> datetime:
    """The moment (UTC) after which nothing can be filled in: the end of the last local day.

    The day of opening does not count, so what opens on the 1st is open up to and including the 29th:
    "tot en met" must be true in the message that says it.
    """
    assert opened_at.tzinfo is not None
    last_day = opened_at.astimezone(zone).date() + timedelta(days=days_open)
    midnight = datetime.combine(last_day + timedelta(days=1), time.min, tzinfo=zone)
    return midnight.astimezone(UTC)


def last_day(expires_at: datetime, zone: tzinfo) -> date:
    """The last local day on which the list may be filled in: what "tot en met" names."""
    return (expires_at - timedelta(microseconds=1)).astimezone(zone).date()
