"""Calling off one meeting: the states, and until when."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from services.meetings.rules.meetings import MeetingState, is_to_come
from shared.errors import Refusal


class CallOffState(StrEnum):
    """What one member intends about one meeting."""

    CALLED_OFF = "called_off"
    TAKEN_BACK = "taken_back"


def check_may_call_off(meeting_state: str, starts_at: datetime, now: datetime, *, is_member: bool) -> None:
    """Let a member call off until the meeting begins.

    Refused: call_off_not_needed (not a member that day), call_off_too_late, call_off_cancelled.
    """
    if not is_member:
        raise Refusal("call_off_not_needed")
    if not is_to_come(meeting_state, starts_at, now):
        raise Refusal("call_off_too_late")
    if meeting_state == MeetingState.CANCELLED:
        raise Refusal("call_off_cancelled")
