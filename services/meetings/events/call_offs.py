"""That a member will not come, or will after all."""

from __future__ import annotations

from marshmallow import fields, validate

from services.meetings.events.attendance import HIDDEN_FIELDS, MEMBER_AT_MEETING_EXAMPLE, MemberAtMeeting
from shared.messaging.envelope import EventType


class _CallOffReceived(MemberAtMeeting):
    state = fields.String(required=True, validate=validate.OneOf(["called_off", "taken_back"]))


CALL_OFF_RECEIVED = EventType(
    service="meetings",
    name="call_off_received",
    subject="membership",
    schema=_CallOffReceived,
    example={**MEMBER_AT_MEETING_EXAMPLE, "state": "called_off"},
    consumers=("notifications",),
    hidden_fields=HIDDEN_FIELDS,
)
