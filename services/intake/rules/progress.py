"""How far somebody is, from sign-up to a place, and what a colleague may do next.

States: received, talk_planned, talk_held, placed, closed. Whoever waits for something from us is not closed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from shared.errors import Refusal

SIGNED_UP_BY = ("self", "staff", "referrer")
# Nobody signed them up: they came along to a group, and take part already.
WALK_IN = "walk_in"
# Why a sign-up is closed by hand; "not_now" follows from a talk.
CLOSE_REASONS = ("own_choice", "found_elsewhere", "not_reached", "double", "not_now", "other")


class SignupState(StrEnum):
    """See the module."""

    RECEIVED = "received"
    TALK_PLANNED = "talk_planned"
    TALK_HELD = "talk_held"
    PLACED = "placed"
    CLOSED = "closed"


class NextStep(StrEnum):
    """What somebody waits for, in the order in which a colleague sees it."""

    TELL_OUTCOME = "tell_outcome"
    PLACE_AGAIN = "place_again"
    PLAN_TALK = "plan_talk"
    PLACE = "place"
    LET_KNOW = "let_know"
    COME_BACK = "come_back"
    ASK_REACH = "ask_reach"
    HOLD_TALK = "hold_talk"
    WAIT_FOR_GROUP = "wait_for_group"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides the next step.

    placement   the state of the newest place, if there ever was one
    asks_reach  somebody walked into a group, and nobody asked yet how they can be reached
    """

    state: str
    talk_ends_at: datetime | None = None
    outcome: str | None = None
    placement: str | None = None
    asks_reach: bool = False


def next_step(standing: Standing, now: datetime) -> NextStep:
    """What somebody waits for now. A place that came back goes before whatever the talk had decided."""
    match standing.state:
        case SignupState.RECEIVED:
            return NextStep.PLACE_AGAIN if standing.placement == "returned" else NextStep.PLAN_TALK
        case SignupState.TALK_PLANNED:
            is_over = standing.talk_ends_at is not None and standing.talk_ends_at <= now
            return NextStep.TELL_OUTCOME if is_over else NextStep.HOLD_TALK
        case SignupState.TALK_HELD:
            return NextStep.PLACE_AGAIN if standing.placement == "returned" else _after_talk(standing.outcome)
        case SignupState.PLACED if standing.asks_reach:
            return NextStep.ASK_REACH
        case SignupState.PLACED if standing.placement == "placed":
            return NextStep.WAIT_FOR_GROUP
    return NextStep.NOTHING


def ends_at(starts_at: datetime, minutes: int) -> datetime:
    """When a talk is over, so that one may ask how it went."""
    return starts_at + timedelta(minutes=minutes)


def resting_state(was_held: bool) -> SignupState:
    """Where somebody waits when no talk is planned and no place is given."""
    return SignupState.TALK_HELD if was_held else SignupState.RECEIVED


def is_done_with(outcome: str, way_back: str | None) -> bool:
    """Whether a talk ends the sign-up: not when we promised to call or to talk again."""
    return outcome == "not_now" and way_back == "any_time"


def check_may_plan_talk(state: str) -> None:
    """Refused: signup_closed, talk_already_planned, already_has_place."""
    _check_not_closed(state)
    if state == SignupState.TALK_PLANNED:
        raise Refusal("talk_already_planned")
    if state == SignupState.PLACED:
        raise Refusal("already_has_place")


def check_may_decide(state: str) -> None:
    """Decide after the talk, once more as long as nobody has a place. Refused: signup_closed, decided_already."""
    _check_not_closed(state)
    if state != SignupState.TALK_HELD:
        raise Refusal("decided_already")


def check_may_give_place(state: str) -> None:
    """No talk is needed for a place, but a planned one comes first. Refused: signup_closed, talk_first."""
    _check_not_closed(state)
    if state == SignupState.TALK_PLANNED:
        raise Refusal("talk_first")


def check_may_close(state: str, reason: str, placement: str | None) -> None:
    """Refused: signup_closed, close_reason_unknown, place_still_open while the group has not answered."""
    _check_not_closed(state)
    if reason not in CLOSE_REASONS:
        raise Refusal("close_reason_unknown", field="reason")
    if placement == "placed":
        raise Refusal("place_still_open")


def check_may_reopen(state: str) -> None:
    """There is always a way back. Refused: signup_not_closed."""
    if state != SignupState.CLOSED:
        raise Refusal("signup_not_closed")


def check_signed_up_by(who: str) -> None:
    """Refused: signed_up_by_unknown."""
    if who not in SIGNED_UP_BY:
        raise Refusal("signed_up_by_unknown", field="signed_up_by")


def _check_not_closed(state: str) -> None:
    if state == SignupState.CLOSED:
        raise Refusal("signup_closed")


def _after_talk(outcome: str | None) -> NextStep:
    if outcome in ("joins", "another_group"):
        return NextStep.PLACE
    return NextStep.COME_BACK if outcome == "not_now" else NextStep.LET_KNOW
