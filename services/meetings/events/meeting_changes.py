"""That a meeting was moved, to another moment or place, or cancelled: with the whole meeting."""

from __future__ import annotations

from services.meetings.events.examples import STAFF
from services.meetings.events.meetings import MEETING_EXAMPLE, MeetingChangedBy
from shared.messaging.envelope import EventType

MEETING_MOVED = EventType(
    service="meetings",
    name="meeting_moved",
    subject="meeting",
    schema=MeetingChangedBy,
    example=MEETING_EXAMPLE | {"on": "2026-11-26", "before": MEETING_EXAMPLE, "by_staff_id": STAFF},
    consumers=("intake", "notifications"),
    is_state=True,
)
MEETING_CANCELLED = EventType(
    service="meetings",
    name="meeting_cancelled",
    subject="meeting",
    schema=MeetingChangedBy,
    example=MEETING_EXAMPLE | {"state": "cancelled", "before": MEETING_EXAMPLE, "by_staff_id": STAFF},
    consumers=("intake", "notifications"),
    is_state=True,
)
