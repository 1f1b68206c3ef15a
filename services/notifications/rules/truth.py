"""Whether a message still says what is true: asked again at the moment of sending, from what was heard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.notifications.rules.life import State
from services.notifications.rules.promises import rule_of


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a message goes that is no longer true, and why (one of life.REASONS)."""

    state: State
    reason: str


_TOO_LATE = Stop(State.EXPIRED, "too_late")


def _withdrawn(reason: str) -> Stop:
    return Stop(State.WITHDRAWN, reason)


def talk_stop(talk_state: str, *, change: str | None, is_same_turn: bool) -> Stop | None:
    """For an invitation, a reminder or a change of a talk; `change` is what the message itself tells."""
    if talk_state == "over":
        return _TOO_LATE
    if change == "called_off":
        return None if talk_state == "called_off" else _withdrawn("replaced")
    if talk_state == "called_off":
        return _withdrawn("talk_called_off")
    return None if is_same_turn else _withdrawn("talk_moved")


def membership_stop(membership_state: str, group_state: str) -> Stop | None:
    """For what is sent to somebody because they take part; an unknown group counts as one that runs."""
    if membership_state != "active":
        return _withdrawn("left_group")
    return _withdrawn("meeting_cancelled") if group_state == "ended" else None


def meeting_stop(meeting_state: str, *, is_same_turn: bool, on: date, starts_on: date) -> Stop | None:
    """For a reminder of one meeting. starts_on: the first day on which the person takes part."""
    if meeting_state == "cancelled":
        return _withdrawn("meeting_cancelled")
    if meeting_state != "planned":
        return _TOO_LATE
    if not is_same_turn:
        return _withdrawn("meeting_moved")
    return _withdrawn("replaced") if starts_on > on else None


def measurement_stop(measurement_state: str) -> Stop | None:
    """For an invitation to fill in a list."""
    reasons = {"completed": "questionnaire_completed", "expired": "questionnaire_closed"}
    return _withdrawn(reasons[measurement_state]) if measurement_state in reasons else None


def goes_anyway(kind: str) -> bool:
    """Whether a message may go without knowing that everything was heard: somebody sits waiting for it."""
    return rule_of(kind).ignores_quiet_hours


def asks_a_person(state: str, reason: str | None, channel: str | None) -> bool:
    """Whether the software can do no more here, and somebody should look."""
    if state == State.HELD:
        return reason in ("betrays", "broken")
    if state == State.SUPPRESSED:
        return channel == "hand"
    return state in (State.UNKNOWN, State.REJECTED) or reason == "no_quiet_moment"
