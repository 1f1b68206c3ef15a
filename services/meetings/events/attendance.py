"""That a meeting took place, who was absent, and what was corrected afterwards."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from services.meetings.events.examples import GROUP, MEETING, MEMBERSHIP, ORGANISATION, PARTICIPANT
from services.meetings.events.meetings import MEETING_EXAMPLE, MeetingChanged
from shared.messaging.envelope import EventType


class _MeetingTookPlace(MeetingChanged):
    present = fields.Integer(required=True)
    excused = fields.Integer(required=True)
    absent = fields.Integer(required=True)
    unnamed = fields.Integer(required=True)


MEETING_TOOK_PLACE = EventType(
    service="meetings",
    name="meeting_took_place",
    subject="meeting",
    schema=_MeetingTookPlace,
    example=MEETING_EXAMPLE
    | {"state": "took_place", "before": MEETING_EXAMPLE, "present": 5, "excused": 2, "absent": 1, "unnamed": 0},
    consumers=("intake", "notifications"),
    is_state=True,
)
# Who was there, and who was not, is for who leads the group: others see that it was published, and not of whom.
HIDDEN_FIELDS = frozenset({"participant_id", "membership_id", "mark"})


class MemberAtMeeting(Schema):
    meeting_id = fields.UUID(required=True)
    membership_id = fields.UUID(required=True)
    participant_id = fields.UUID(required=True)
    group_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)


MEMBER_AT_MEETING_EXAMPLE = {
    "meeting_id": MEETING,
    "membership_id": MEMBERSHIP,
    "participant_id": PARTICIPANT,
    "group_id": GROUP,
    "organisation_id": ORGANISATION,
}
PARTICIPANT_ABSENT = EventType(
    service="meetings",
    name="participant_absent",
    subject="membership",
    schema=MemberAtMeeting,
    example=MEMBER_AT_MEETING_EXAMPLE,
    consumers=("notifications",),
    hidden_fields=HIDDEN_FIELDS,
)


class _AttendanceCorrected(MemberAtMeeting):
    mark = fields.String(required=True, validate=validate.OneOf(["not_recorded", "present", "excused", "absent"]))


ATTENDANCE_CORRECTED = EventType(
    service="meetings",
    name="attendance_corrected",
    subject="membership",
    schema=_AttendanceCorrected,
    example={**MEMBER_AT_MEETING_EXAMPLE, "mark": "present"},
    consumers=("notifications",),
    hidden_fields=HIDDEN_FIELDS,
)
