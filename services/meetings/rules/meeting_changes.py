"""Changes of one meeting: moved, cancelled or reopened, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.meetings.rules.meetings import MeetingState, is_to_come
from shared.errors import Refusal

LONGEST_PLACE, LONGEST_ADDRESS = 120, 200


class Change(StrEnum):
    """What can happen to one meeting. Another place is `moved` too."""

    MOVED = "moved"
    CANCELLED = "cancelled"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class Place:
    """Where one meeting is, when that is not where the group meets."""

    name: str
    address: str


def tidy_place(place: Place | None, usual: Place | None) -> Place | None:
    """Return the place without stray spaces; None when that is where the group meets anyway.

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


def check_may_move(meeting_state: str, starts_at: datetime, now: datetime) -> None:
    """Let a meeting move until it begins. Refused: change_too_late, move_cancelled."""
    _check_to_come(meeting_state, starts_at, now)
    if meeting_state == MeetingState.CANCELLED:
        raise Refusal("move_cancelled")


def check_may_cancel(meeting_state: str, starts_at: datetime, now: datetime) -> None:
    """Let a meeting be cancelled until it begins; afterwards it is reported as not held.

    Refused: change_too_late.
    """
    _check_to_come(meeting_state, starts_at, now)


def check_may_reopen(meeting_state: str, starts_at: datetime, now: datetime) -> None:
    """Let a cancelled meeting go on until it would have begun. Refused: change_too_late."""
    _check_to_come(meeting_state, starts_at, now)


def _check_to_come(meeting_state: str, starts_at: datetime, now: datetime) -> None:
    if not is_to_come(meeting_state, starts_at, now):
        raise Refusal("change_too_late")
