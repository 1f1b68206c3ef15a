"""What follows an absence without calling off: nothing, a message, a call.

The rule of the group and the consent of the person both have to allow it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from shared.errors import Refusal

# Our own defaults. About a meeting of longer ago a message or a call only surprises.
FOLLOWS_WITHIN = timedelta(days=7)
CALL_LASTS = timedelta(days=7)
CALL_REASONS = (
    "forgotten",
    "circumstances",
    "travel",
    "not_for_me_now",
    "would_not_say",
    "reached_nobody",
)
# The purpose of consent for each step that may follow.
CONSENT_FOR = {"message": "missed_you", "call": "missed_you_call"}
# Somebody may have called before the page knew that the call had lapsed.
_MAY_CLOSE = ("open", "lapsed")


@dataclass(frozen=True, slots=True)
class Missed:
    """One member at one meeting: how they were marked, and why not to ask."""

    mark: str
    called_off: bool
    has_left: bool


def by_rule(missed: Missed, after_absence: Collection[str] | None, met_on: date, today: date) -> frozenset[str]:
    """Return which of `message` and `call` the rule of the group asks for.

    None for somebody who called off, also when marked otherwise, or who has left since, and for a meeting of
    longer than a week ago.
    """
    is_asked_about = missed.mark == "absent" and not missed.called_off and not missed.has_left
    if not is_asked_about or today - met_on > FOLLOWS_WITHIN:
        return frozenset()
    return frozenset(after_absence or ()) & CONSENT_FOR.keys()


def with_consent(steps: Collection[str], purposes: Collection[str]) -> frozenset[str]:
    """Return which of these this person consented to."""
    return frozenset(step for step in steps if CONSENT_FOR[step] in purposes)


def lapses_at(now: datetime) -> datetime:
    """Return when a call that is planned now lapses."""
    return now + CALL_LASTS


def check_may_close_call(state: str, reason: str) -> None:
    """Refuse to record a call that is done or not needed, or without a known reason.

    Refused: call_already_done, call_not_needed, call_reason_unknown.
    """
    if reason not in CALL_REASONS:
        raise Refusal("call_reason_unknown", field="reason")
    _check_state(state, _MAY_CLOSE)


def check_may_postpone(state: str, until: date, today: date, last_day: date) -> None:
    """Refuse to postpone a call to a day that is over, or to one after it lapses.

    Refused: call_already_done, call_not_needed, call_later_not_ahead, call_later_too_far.
    """
    _check_state(state, ("open",))
    if until <= today:
        raise Refusal("call_later_not_ahead", field="until")
    if until > last_day:
        raise Refusal("call_later_too_far", field="until")


def _check_state(state: str, may_be: Collection[str]) -> None:
    if state in may_be:
        return
    if state == "closed":
        raise Refusal("call_already_done")
    raise Refusal("call_not_needed")
