"""Substitutes: until when one may be appointed."""

from __future__ import annotations

from services.meetings.rules.meetings import MeetingState
from shared.errors import Refusal


def check_may_substitute(meeting_state: str) -> None:
    """Refuse to appoint a substitute after the meeting was closed.

    Refused: substitute_too_late.
    """
    if meeting_state != MeetingState.PLANNED:
        raise Refusal("substitute_too_late")
