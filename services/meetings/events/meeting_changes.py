"""That a meeting was moved, to another moment or place, or cancelled; and that a member knows it from a person."""

from __future__ import annotations

from marshmallow import fields

from services.meetings.events.attendance import MEMBER_AT_MEETING_EXAMPLE, MemberAtMeeting
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


class _MemberInformed(MemberAtMeeting):
    # The meeting that it is about; null when it is about taking part.
    meeting_id = fields.UUID(required=True, allow_none=True)
    by_staff_id = fields.UUID(required=True)


MEMBER_INFORMED = EventType(
    service="meetings",
    name="member_informed",
    subject="membership",
    schema=_MemberInformed,
    example=MEMBER_AT_MEETING_EXAMPLE | {"by_staff_id": STAFF},
    consumers=("notifications",),
    hidden_fields=frozenset({"participant_id", "membership_id"}),
)
