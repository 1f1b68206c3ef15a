"""One meeting that goes otherwise than planned: moved, cancelled, led by somebody else, or without one member."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.meetings.rules.attendance import MeetingState
from shared.errors import Refusal

LONGEST_PLACE, LONGEST_ADDRESS = 120, 200


class Change(StrEnum):
    """What can happen to one meeting. Another place is `moved` too."""

    MOVED = "moved"
    CANCELLED = "cancelled"
    REOPENED = "reopened"


class CallOffState(StrEnum):
    """What one member said about one meeting."""

    CALLED_OFF = "called_off"
    TAKEN_BACK = "taken_back"


@dataclass(frozen=True, slots=True)
class Place:
    """Where one meeting is, when that is not where the group meets."""

    name: str
    address: str


def tidy_place(place: Place | None, usual: Place | None) -> Place | None:
    """The place without stray spaces; None when that is where the group meets anyway.

    Refused: place_incomplete, place_too_long (most).
    """
    if place is None:
        return None
    tidy = Place(" ".join(place.name.split()), " ".join(place.address.split()))
    if not tidy.name or not tidy.address:
        raise Refusal("place_incomplete", field="place_address" if tidy.name else "place_name")
    if len(tidy.name) > LONGEST_PLACE:
        raise Refusal("place_too_long", field="place_name", most=LONGEST_PLACE)
    if len(tidy.address) > LONGEST_ADDRESS:
        raise Refusal("place_too_long", field="place_address", most=LONGEST_ADDRESS)
    return None if tidy == usual else tidy


def is_to_come(meeting_state: str, starts_at: datetime, now: datetime) -> bool:
    """Whether people can still be told that it goes otherwise: it has not begun, and nothing was written down."""
    return meeting_state in (MeetingState.PLANNED, MeetingState.CANCELLED) and now < starts_at


def check_may_move(meeting_state: str, starts_at: datetime, now: datetime) -> None:
    """Until it begins. Refused: change_too_late, move_cancelled."""
    _check_to_come(meeting_state, starts_at, now)
    if meeting_state == MeetingState.CANCELLED:
        raise Refusal("move_cancelled")


def check_may_cancel(meeting_state: str, starts_at: datetime, now: datetime) -> None:
    """Until it begins; what did not happen after all is reported afterwards. Refused as "change_too_late"."""
    _check_to_come(meeting_state, starts_at, now)


def check_may_reopen(meeting_state: str, starts_at: datetime, now: datetime) -> None:
    """Until it would have begun. Refused as "change_too_late"."""
    _check_to_come(meeting_state, starts_at, now)


def check_may_substitute(meeting_state: str) -> None:
    """Until it is closed: who stepped in at the door may be named afterwards. Refused as "substitute_too_late"."""
    if meeting_state != MeetingState.PLANNED:
        raise Refusal("substitute_too_late")


def check_may_call_off(meeting_state: str, starts_at: datetime, now: datetime, *, is_member: bool) -> None:
    """A member may say that they will not come until it begins.

    Refused: call_off_not_needed (not a member that day), call_off_too_late, call_off_cancelled.
    """
    if not is_member:
        raise Refusal("call_off_not_needed")
    if not is_to_come(meeting_state, starts_at, now):
        raise Refusal("call_off_too_late")
    if meeting_state == MeetingState.CANCELLED:
        raise Refusal("call_off_cancelled")


def check_free(state_there: str | None, on: str) -> None:
    """A group meets once at a moment; `state_there` is of what is planned then, `on` that day in words.

    Refused: cancelled_at_this_moment (on), meeting_at_this_moment (on).
    """
    if state_there == MeetingState.CANCELLED:
        raise Refusal("cancelled_at_this_moment", on=on)
    if state_there is not None:
        raise Refusal("meeting_at_this_moment", on=on)


def _check_to_come(meeting_state: str, starts_at: datetime, now: datetime) -> None:
    if not is_to_come(meeting_state, starts_at, now):
        raise Refusal("change_too_late")
