"""That a meeting was moved or cancelled."""

from __future__ import annotations

from marshmallow import fields

from services.meetings.events.meetings import MEETING_CHANGE_EXAMPLE, MeetingScheduled
from shared.messaging.envelope import EventType


class _MeetingMoved(MeetingScheduled):
    """Where it went stands in the state; this is what people may know from before."""

    old_on = fields.Date(required=True)
    old_at = fields.String(required=True)


MEETING_MOVED = EventType(
    service="meetings",
    name="meeting_moved",
    subject="meeting",
    schema=_MeetingMoved,
    example=MEETING_CHANGE_EXAMPLE | {"old_on": "2026-11-24", "old_at": "19:30"},
    consumers=("notifications",),
)
MEETING_CANCELLED = EventType(
    service="meetings",
    name="meeting_cancelled",
    subject="meeting",
    schema=MeetingScheduled,
    example=MEETING_CHANGE_EXAMPLE,
    consumers=("notifications",),
)
