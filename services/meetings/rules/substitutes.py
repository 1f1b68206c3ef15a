"""Until when somebody may be named who leads one meeting."""

from __future__ import annotations

from services.meetings.rules.meetings import MeetingState
from shared.errors import Refusal


def check_may_substitute(meeting_state: str) -> None:
    """Refuse a substitute after closing; until then who stepped in at the door may be named.

    Refused: substitute_too_late.
    """
    if meeting_state != MeetingState.PLANNED:
        raise Refusal("substitute_too_late")
