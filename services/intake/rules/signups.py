"""What a sign-up may hold, its states up to a placement, and what a colleague may do next.

States: received, talk_planned, talk_held, placed, closed.
Whether an address or a number looks like one is the shape of the form and is checked in `schemas`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from services.intake.rules.people import Consent, Contact, check_call_name, check_consents
from shared.errors import Refusal

LONGEST_HELP_QUESTION = 600  # short and in one's own words: a few sentences, not a file
# A library may share one network. For an address there is no limit: anybody could use it up for its owner.
MOST_FROM_A_NETWORK = ((20, timedelta(hours=1)), (60, timedelta(days=1)))
AUDIENCES = ("own", "affected_other")
PARTS_OF_DAY = ("morning", "afternoon", "evening")
# Codes of the features that a group's place has, as `group_changed` names them. A place without them is left out.
NEEDS = ("wheelchair",)
SIGNED_UP_BY = ("self", "staff", "referrer")
# Nobody signed them up: they came along to a group, and take part already.
WALK_IN = "walk_in"
# Why a sign-up is closed by hand; "not_now" follows from a talk.
CLOSE_REASONS = ("own_choice", "found_elsewhere", "not_reached", "double", "not_now", "comes_along", "other")


class SignupState(StrEnum):
    """The state of a sign-up."""

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
class SignupProgress:
    """What decides the next step.

    placement   the state of the newest place, if there ever was one
    asks_reach  whether somebody walked into a group and was not asked yet how to reach them
    """

    state: str
    talk_ends_at: datetime | None = None
    outcome: str | None = None
    placement: str | None = None
    asks_reach: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Signup:
    """What somebody fills in when signing up. Days are weekdays, 0 is Monday; area begins a postcode."""

    call_name: str
    contact: Contact = Contact()
    consents: frozenset[Consent] = frozenset()
    help_question: str = ""
    audience: str | None = None
    days: frozenset[int] = frozenset()
    parts_of_day: frozenset[str] = frozenset()
    area: str | None = None


def check_signup(signup: Signup) -> Signup:
    """Return the same sign-up, tidied. An anonymous one is as good as any other.

    Refused: call_name_missing, call_name_too_long, help_question_too_long, audience_unknown, days_unknown,
    part_of_day_unknown, area_wrong, and what `check_consents` refuses; each with `field`.
    """
    call_name = check_call_name(signup.call_name)
    help_question = signup.help_question.strip()
    if len(help_question) > LONGEST_HELP_QUESTION:
        raise Refusal("help_question_too_long", field="help_question", most=LONGEST_HELP_QUESTION)
    if signup.audience is not None and signup.audience not in AUDIENCES:
        raise Refusal("audience_unknown", field="audience")
    if not signup.days <= set(range(7)):
        raise Refusal("days_unknown", field="days")
    if not signup.parts_of_day <= set(PARTS_OF_DAY):
        raise Refusal("part_of_day_unknown", field="parts_of_day")
    area = check_area(signup.area)
    check_consents(signup.consents, signup.contact)
    return replace(signup, call_name=call_name, help_question=help_question, area=area)


def check_area(area: str | None) -> str | None:
    """Return the first 2 to 4 digits of a postcode; None when it was left open. Refused: area_wrong.

    Of "3412 AB" only "3412" is kept: roughly where is enough to find a group nearby.
    """
    tidy = "".join((area or "").split())
    if not tidy:
        return None
    match = re.fullmatch(r"([1-9][0-9]{1,3})[A-Za-z]{0,2}", tidy)
    if match is None:
        raise Refusal("area_wrong", field="area")
    return match.group(1)


def check_needs(needs: Iterable[str]) -> None:
    """Refuse a need that no place can be asked for. Refused: need_unknown."""
    if not set(needs) <= set(NEEDS):
        raise Refusal("need_unknown", field="needs")


def next_step(progress: SignupProgress) -> NextStep:
    """Return what somebody waits for; a returned placement counts before what the talk decided.

    A planned talk is to be held, whether its moment is over or not: `step_on` looks at the clock.
    """
    match progress.state:
        case SignupState.RECEIVED:
            return NextStep.PLACE_AGAIN if progress.placement == "returned" else NextStep.PLAN_TALK
        case SignupState.TALK_PLANNED:
            return NextStep.HOLD_TALK
        case SignupState.TALK_HELD:
            return NextStep.PLACE_AGAIN if progress.placement == "returned" else _after_talk(progress.outcome)
        case SignupState.PLACED if progress.asks_reach:
            return NextStep.ASK_REACH
        case SignupState.PLACED if progress.placement == "placed":
            return NextStep.WAIT_FOR_GROUP
    return NextStep.NOTHING


def step_on(step: str | None, step_at: datetime | None, now: datetime) -> NextStep:
    """Return what somebody waits for now: a talk that is held already waits for its outcome."""
    if step == NextStep.HOLD_TALK and step_at is not None and step_at <= now:
        return NextStep.TELL_OUTCOME
    return NextStep(step or NextStep.NOTHING)


def resting_state(was_held: bool) -> SignupState:
    """Return the state without a planned talk and without a placement."""
    return SignupState.TALK_HELD if was_held else SignupState.RECEIVED


def is_done_with(outcome: str, way_back: str | None) -> bool:
    """Return whether a talk ends the sign-up: not when a call or another talk was promised."""
    return outcome == "not_now" and way_back == "any_time"


def check_may_plan_talk(state: str) -> None:
    """Refuse a talk that does not fit this state.

    Refused: signup_closed, talk_already_planned, already_has_place.
    """
    _check_not_closed(state)
    if state == SignupState.TALK_PLANNED:
        raise Refusal("talk_already_planned")
    if state == SignupState.PLACED:
        raise Refusal("already_has_place")


def check_may_decide(state: str) -> None:
    """Refuse to decide after the talk, or again, when there is a placement.

    Refused: signup_closed, decided_already.
    """
    _check_not_closed(state)
    if state != SignupState.TALK_HELD:
        raise Refusal("decided_already")


def check_may_give_place(state: str) -> None:
    """Refuse a placement before a talk that is planned; one need not be. Refused: signup_closed, talk_first."""
    _check_not_closed(state)
    if state == SignupState.TALK_PLANNED:
        raise Refusal("talk_first")


def check_may_close(state: str, reason: str, placement: str | None) -> None:
    """Refuse to close while the group has not answered, or without a known reason.

    Refused: signup_closed, close_reason_unknown, place_still_open.
    """
    _check_not_closed(state)
    if reason not in CLOSE_REASONS:
        raise Refusal("close_reason_unknown", field="reason")
    if placement == "placed":
        raise Refusal("place_still_open")


def check_may_reopen(state: str) -> None:
    """Refuse to reopen a sign-up that is open. Refused: signup_not_closed."""
    if state != SignupState.CLOSED:
        raise Refusal("signup_not_closed")


def check_signed_up_by(who: str) -> None:
    """Refuse an unknown word for who signed up. Refused: signed_up_by_unknown."""
    if who not in SIGNED_UP_BY:
        raise Refusal("signed_up_by_unknown", field="signed_up_by")


def _check_not_closed(state: str) -> None:
    if state == SignupState.CLOSED:
        raise Refusal("signup_closed")


def _after_talk(outcome: str | None) -> NextStep:
    if outcome in ("joins", "another_group"):
        return NextStep.PLACE
    return NextStep.COME_BACK if outcome == "not_now" else NextStep.LET_KNOW
