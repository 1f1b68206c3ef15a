"""The states of a meeting, and whether another may be at the same moment."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from shared.errors import Refusal


class MeetingState(StrEnum):
    """A moved meeting is `planned`, at its new moment."""

    PLANNED = "planned"
    CANCELLED = "cancelled"
    TOOK_PLACE = "took_place"
    DID_NOT_TAKE_PLACE = "did_not_take_place"
    NOT_REPORTED = "not_reported"


# In these a meeting can still be closed. The day after it, one that nobody closed is not reported.
TO_CLOSE = (MeetingState.PLANNED, MeetingState.NOT_REPORTED)


def is_to_come(meeting_state: str, starts_at: datetime, now: datetime) -> bool:
    """Return whether people can still be notified of a change: it has not begun, and nothing was recorded."""
    return meeting_state in (MeetingState.PLANNED, MeetingState.CANCELLED) and now < starts_at


def check_free(state_there: str | None, on: str) -> None:
    """Refuse a second meeting of a group at one moment.

    state_there  of what is planned then
    on           that day in words
    Refused: cancelled_at_this_moment (on), meeting_at_this_moment (on).
    """
    if state_there == MeetingState.CANCELLED:
        raise Refusal("cancelled_at_this_moment", on=on)
    if state_there is not None:
        raise Refusal("meeting_at_this_moment", on=on)
