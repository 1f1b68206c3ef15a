"""Whether a message still says what is true: asked again at the moment of sending."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.notifications.rules.lifecycle import State


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a message goes that is no longer true, and why (one of lifecycle.REASONS)."""

    state: State
    reason: str


_TOO_LATE = Stop(State.EXPIRED, "too_late")


def _withdrawn(reason: str) -> Stop:
    return Stop(State.WITHDRAWN, reason)


def talk_stop(talk_state: str, *, change: str | None, is_same_revision: bool) -> Stop | None:
    """Check an invitation, a reminder or a change of a talk; `change` is what the message itself tells."""
    if talk_state in ("held", "missed"):
        return _TOO_LATE
    if change == "called_off":
        return None if talk_state == "called_off" else _withdrawn("replaced")
    if talk_state == "called_off":
        return _withdrawn("talk_called_off")
    return None if is_same_revision else _withdrawn("talk_moved")


def membership_stop(membership_state: str, group_state: str) -> Stop | None:
    """Check what is sent to somebody because they take part; an unknown group counts as one that runs."""
    if membership_state != "active":
        return _withdrawn("left_group")
    return _withdrawn("meeting_cancelled") if group_state == "ended" else None


def meeting_stop(
    meeting_state: str, *, is_same_revision: bool, on: date, starts_on: date, is_called_off: bool = False
) -> Stop | None:
    """Check a reminder of one meeting. starts_on: the first day on which the person takes part."""
    stop = moved_stop(meeting_state, is_same_revision=is_same_revision)
    if stop is not None:
        return stop
    if is_called_off:
        return _withdrawn("called_off")
    return _withdrawn("replaced") if starts_on > on else None


def moved_stop(meeting_state: str, *, is_same_revision: bool) -> Stop | None:
    """Check what says when and where a meeting is: moved, goes on after all, somebody leads it this once."""
    if meeting_state == "cancelled":
        return _withdrawn("meeting_cancelled")
    if meeting_state != "planned":
        return _TOO_LATE
    return None if is_same_revision else _withdrawn("meeting_moved")


def cancelled_stop(meeting_state: str, *, is_same_revision: bool) -> Stop | None:
    """Check what says that a meeting does not go on."""
    if meeting_state == "planned" or not is_same_revision:
        return _withdrawn("meeting_goes_on")
    return None if meeting_state == "cancelled" else _TOO_LATE


def missed_stop(mark: str | None, *, meeting_state: str, is_called_off: bool, is_lately: bool) -> Stop | None:
    """Check "we missed you". mark: how the absence stands now, or None when nothing is known of it.

    is_lately  this person heard the same from this group not long ago
    """
    if is_called_off:
        return _withdrawn("called_off")
    if mark not in (None, "absent") or meeting_state in ("cancelled", "did_not_take_place"):
        return _withdrawn("attendance_corrected")
    return Stop(State.SUPPRESSED, "missed_lately") if is_lately else None


def substitute_stop(
    meeting_state: str, *, change: str | None, is_same_revision: bool, is_facilitator: bool
) -> Stop | None:
    """Check a message to a substitute.

    change          None (asked to lead), moved, or called_off (need not come)
    is_facilitator  whether they are to lead that meeting, as it stands now
    """
    if change == "called_off":
        return _withdrawn("replaced") if is_facilitator and meeting_state == "planned" else None
    return moved_stop(meeting_state, is_same_revision=is_same_revision) or (
        None if is_facilitator else _withdrawn("replaced")
    )


def facilitator_stop(
    meeting_state: str, *, change: str | None, is_same_revision: bool, is_facilitator: bool
) -> Stop | None:
    """Check a message to a facilitator about a change. change: moved, place, on_again, or called_off."""
    by_change = cancelled_stop if change == "called_off" else moved_stop
    stop = by_change(meeting_state, is_same_revision=is_same_revision)
    return stop or (None if is_facilitator else _withdrawn("no_longer_facilitator"))


def in_person_stop(*, is_facilitator: bool, unnotified: int) -> Stop | None:
    """Check a request to tell it in person. unnotified: so many people know nothing yet."""
    if not is_facilitator:
        return _withdrawn("no_longer_facilitator")
    return None if unnotified else _withdrawn("all_reached")


def measurement_stop(measurement_state: str) -> Stop | None:
    """Check an invitation to fill in a list."""
    reasons = {"completed": "questionnaire_completed", "expired": "questionnaire_closed"}
    return _withdrawn(reasons[measurement_state]) if measurement_state in reasons else None
