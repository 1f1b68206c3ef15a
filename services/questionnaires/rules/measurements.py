"""Measurements: who is asked to fill in a list, the states, and how long it stays open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from shared.errors import Refusal

# Our own default; no source names a term. Long enough to lie on the table through a holiday.
DAYS_OPEN = 28


class State(StrEnum):
    """The state of a measurement."""

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
    """Refuse a step that a measurement cannot take. Refused: measurement_step."""
    if new not in NEXT[State(old)]:
        raise Refusal("measurement_step", old=str(old), new=str(new))


def check_may_answer(state: str, now: datetime, expires_at: datetime) -> None:
    """Refuse an answer to a list that is closed.

    Refused: measurement_completed, measurement_withdrawn, measurement_expired. The clock counts as well
    as the state: the link may be opened before the expiry job has run.
    """
    if State(state) == State.COMPLETED:
        raise Refusal("measurement_completed")
    if State(state) == State.WITHDRAWN:
        raise Refusal("measurement_withdrawn")
    if State(state) == State.EXPIRED or now >= expires_at:
        raise Refusal("measurement_expired")


def expires_at(opened_at: datetime, zone: tzinfo, days_open: int = DAYS_OPEN) -> datetime:
    """Return the moment (UTC) after which nothing can be filled in: the end of the last local day.

    The day of opening does not count, so what opens on the 1st is open up to and including the 29th:
    "tot en met" must be true in the message that says it.
    """
    assert opened_at.tzinfo is not None
    last_day = opened_at.astimezone(zone).date() + timedelta(days=days_open)
    midnight = datetime.combine(last_day + timedelta(days=1), time.min, tzinfo=zone)
    return midnight.astimezone(UTC)


def last_day(expires_at: datetime, zone: tzinfo) -> date:
    """Return the last local day on which the list may be filled in: what "tot en met" names."""
    return (expires_at - timedelta(microseconds=1)).astimezone(zone).date()


@dataclass(frozen=True, slots=True)
class AskingFacts:
    """What decides whether one person is asked to fill in one list in one group.

    is_member     takes part in the group now
    is_chosen     the group, which has not ended, chose the list (practice guide, checklist 16)
    is_permitted  the organisation may use the list
    has_consent   the person consented to be asked
    """

    is_member: bool
    is_chosen: bool
    is_permitted: bool
    has_consent: bool


def is_to_be_asked(facts: AskingFacts) -> bool:
    """Return whether somebody is asked: all four must hold."""
    return facts.is_member and facts.is_chosen and facts.is_permitted and facts.has_consent


def is_to_be_withdrawn(facts: AskingFacts) -> bool:
    """Return whether an unfinished list is withdrawn.

    A group that changes its choice withdraws nothing: whoever was asked may finish.
    """
    return not (facts.is_member and facts.is_permitted and facts.has_consent)
