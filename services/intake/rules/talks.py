"""Introductory talks: when one may be planned, its states, and the outcome that both decide on.

There is no field for what was said: a talk is completed with an outcome only (001, 4.1).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from shared.errors import Refusal

ZONE = "Europe/Amsterdam"
SHORTEST_MINUTES, LONGEST_MINUTES = 5, 240
FURTHEST_DAYS = 366
MAY_HOLD_BEFORE = timedelta(hours=1)  # people come early, and a talk may begin when both are there

# No text message goes then, and after it one needs this long to be read.
NIGHT_FROM, NIGHT_UNTIL, LEAST_NOTICE = time(21, 30), time(8), timedelta(hours=1)

FORMS = ("live_single", "live_group", "phone", "video")
CALLED_OFF_BY = ("participant", "us")
OUTCOMES = ("joins", "word_follows", "another_group", "not_now")
# 001, checklist 4: reasons that are often given too fast; behaviour is the measure, and motivation can grow.
SECOND_LOOK_REASONS = ("use", "complaints", "motivation")
NOT_NOW_REASONS = (
    "audience",
    "expectations",
    "other_help_first",
    "own_choice",
    "place_or_time",
    "other",
    *SECOND_LOOK_REASONS,
)
HELPS_INSTEAD = ("another_group", "other_organisation", "information_point", "professional_help", "talk_again")
WAYS_BACK = ("any_time", "we_call", "new_talk")


class TalkState(StrEnum):
    """The state of a talk; a moved one may become whatever a planned one may."""

    PLANNED = "planned"
    MOVED = "moved"
    CALLED_OFF = "called_off"
    HELD = "held"
    MISSED = "missed"


# A missed talk may still turn out to have been held: somebody pressed the wrong button, or came late.
_MAY_BECOME = {
    TalkState.PLANNED: {TalkState.MOVED, TalkState.CALLED_OFF, TalkState.HELD, TalkState.MISSED},
    TalkState.MOVED: {TalkState.MOVED, TalkState.CALLED_OFF, TalkState.HELD, TalkState.MISSED},
    TalkState.CALLED_OFF: set(),
    TalkState.HELD: set(),
    TalkState.MISSED: {TalkState.HELD},
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What both decided. `group_id` with "joins" and "another_group"; the other three with "not_now"."""

    kind: str
    group_id: str | None = None
    reason: str | None = None
    helps_instead: str | None = None
    way_back: str | None = None
    second_look: bool = False


def instant(on: date, at: time, zone: str = ZONE) -> datetime:
    """Return the instant, in UTC, at which a local clock shows this; the first one in the hour that comes twice.

    Refused: clock_skips_this_hour (on, at) when the clock jumps over this time in spring.
    """
    wall = datetime.combine(on, at.replace(tzinfo=None, fold=0))
    moment = wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    if moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0) != wall:
        raise Refusal("clock_skips_this_hour", on=on, at=at)
    return moment


def check_may_schedule(
    on: date,
    at: time,
    minutes: int,
    form: str,
    *,
    reachable: Collection[str],
    now: datetime,
    zone: str = ZONE,
) -> None:
    """Refuse a talk that cannot take place at this moment; `reachable` is what `people.reachable_by` gives.

    Refused: talk_form_unknown, talk_needs_phone, talk_length_wrong (least, most), talk_in_past, talk_too_far,
    clock_skips_this_hour (on, at).
    """
    if form not in FORMS:
        raise Refusal("talk_form_unknown", field="form")
    if form == "phone" and "phone" not in reachable:
        raise Refusal("talk_needs_phone", field="form")
    if not SHORTEST_MINUTES <= minutes <= LONGEST_MINUTES:
        raise Refusal("talk_length_wrong", field="minutes", least=SHORTEST_MINUTES, most=LONGEST_MINUTES)
    today = now.astimezone(ZoneInfo(zone)).date()
    if on < today:
        raise Refusal("talk_in_past", field="on")
    if on > today + timedelta(days=FURTHEST_DAYS):
        raise Refusal("talk_too_far", field="on")
    if instant(on, at, zone) < now:
        raise Refusal("talk_in_past", field="at")


def is_too_late_for_text(now: datetime, starts_at: datetime, zone: str = ZONE) -> bool:
    """Return whether it is night, and a talk begins so soon after it that no text message can come before it."""
    local = now.astimezone(ZoneInfo(zone))
    if NIGHT_UNTIL <= local.time() < NIGHT_FROM:
        return False
    ends_on = local.date() + timedelta(days=local.time() >= NIGHT_FROM)
    return starts_at < datetime.combine(ends_on, NIGHT_UNTIL, tzinfo=ZoneInfo(zone)) + LEAST_NOTICE


def may_become(state: str, to: str) -> bool:
    """Return whether a talk in this state may go on to that one."""
    return to in _MAY_BECOME[TalkState(state)]


def ends_at(starts_at: datetime, minutes: int) -> datetime:
    """Return when a talk ends; from then on its outcome may be asked."""
    return starts_at + timedelta(minutes=minutes)


def check_may_move(state: str) -> None:
    """Refuse to move what was held, missed or called off: plan a new one instead. Refused: talk_over."""
    if not may_become(state, TalkState.MOVED):
        raise Refusal("talk_over")


def check_may_call_off(state: str, by: str) -> None:
    """Refuse to call off a talk that is over; either side may call off, without a reason.

    Refused: talk_over, called_off_by_unknown.
    """
    if by not in CALLED_OFF_BY:
        raise Refusal("called_off_by_unknown", field="by")
    if not may_become(state, TalkState.CALLED_OFF):
        raise Refusal("talk_over")


def check_may_hold(state: str, starts_at: datetime, now: datetime) -> None:
    """Refuse to call it held more than an hour beforehand. Refused: talk_over, talk_not_begun (starts_at)."""
    if not may_become(state, TalkState.HELD):
        raise Refusal("talk_over")
    if now < starts_at - MAY_HOLD_BEFORE:
        raise Refusal("talk_not_begun", starts_at=starts_at)


def check_may_miss(state: str, starts_at: datetime, now: datetime) -> None:
    """Refuse to call it missed before it should have begun. Refused: talk_over, talk_not_begun (starts_at)."""
    if not may_become(state, TalkState.MISSED):
        raise Refusal("talk_over")
    if now < starts_at:
        raise Refusal("talk_not_begun", starts_at=starts_at)


def check_outcome(outcome: Outcome) -> None:
    """Refuse an outcome that is incomplete: "not now" needs a reason, what helps instead, and a way back.

    Refused: outcome_unknown, outcome_needs_group, outcome_has_no_group, and with "not_now": reason_missing,
    second_look_first, help_instead_missing, way_back_missing.
    """
    if outcome.kind not in OUTCOMES:
        raise Refusal("outcome_unknown", field="outcome")
    asks_group = outcome.kind in ("joins", "another_group")
    if asks_group and not outcome.group_id:
        raise Refusal("outcome_needs_group", field="group_id")
    if not asks_group and outcome.group_id:
        raise Refusal("outcome_has_no_group", field="group_id")
    if outcome.kind == "not_now":
        _check_not_now(outcome)


def _check_not_now(outcome: Outcome) -> None:
    if outcome.reason not in NOT_NOW_REASONS:
        raise Refusal("reason_missing", field="reason")
    if outcome.reason in SECOND_LOOK_REASONS and not outcome.second_look:
        raise Refusal("second_look_first", field="second_look")
    if outcome.helps_instead not in HELPS_INSTEAD:
        raise Refusal("help_instead_missing", field="helps_instead")
    if outcome.way_back not in WAYS_BACK:
        raise Refusal("way_back_missing", field="way_back")
