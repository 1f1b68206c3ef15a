"""What is said of somebody in a group: taking part, calling off, being missed, being erased."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from services.meetings.events.examples import GROUP, MEETING, MEMBERSHIP, ORGANISATION, PARTICIPANT, PLACEMENT
from shared.messaging.envelope import EventType


class _MembershipChanged(Schema):
    membership_id = fields.UUID(required=True)
    participant_id = fields.UUID(required=True)
    group_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)
    placement_id = fields.UUID(required=True, allow_none=True)
    state = fields.String(required=True, validate=validate.OneOf(["active", "ended"]))
    starts_on = fields.Date(required=True)


MEMBERSHIP_CHANGED = EventType(
    service="meetings",
    name="membership_changed",
    subject="membership",
    schema=_MembershipChanged,
    example={
        "membership_id": MEMBERSHIP, "participant_id": PARTICIPANT, "group_id": GROUP,
        "organisation_id": ORGANISATION, "placement_id": PLACEMENT, "state": "active",
        "starts_on": "2026-11-24",
    },
    consumers=("intake", "questionnaires", "notifications"),
    is_state=True,
)  # fmt: skip


# Who was there, and who was not, is for who leads the group: others see that it was said, and not of whom.
_WHO = frozenset({"participant_id", "membership_id", "mark"})


class _OfMember(Schema):
    meeting_id = fields.UUID(required=True)
    membership_id = fields.UUID(required=True)
    participant_id = fields.UUID(required=True)
    group_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)


_MEMBER_AT_MEETING = {
    "meeting_id": MEETING, "membership_id": MEMBERSHIP, "participant_id": PARTICIPANT, "group_id": GROUP,
    "organisation_id": ORGANISATION,
}  # fmt: skip


class _CallOffReceived(_OfMember):
    state = fields.String(required=True, validate=validate.OneOf(["called_off", "taken_back"]))


CALL_OFF_RECEIVED = EventType(
    service="meetings",
    name="call_off_received",
    subject="membership",
    schema=_CallOffReceived,
    example={**_MEMBER_AT_MEETING, "state": "called_off"},
    consumers=("notifications",),
    hidden_fields=_WHO,
)


PARTICIPANT_ABSENT = EventType(
    service="meetings",
    name="participant_absent",
    subject="membership",
    schema=_OfMember,
    example=_MEMBER_AT_MEETING,
    consumers=("notifications",),
    hidden_fields=_WHO,
)


class _AttendanceCorrected(_OfMember):
    mark = fields.String(required=True, validate=validate.OneOf(["not_recorded", "present", "excused", "absent"]))


ATTENDANCE_CORRECTED = EventType(
    service="meetings",
    name="attendance_corrected",
    subject="membership",
    schema=_AttendanceCorrected,
    example={**_MEMBER_AT_MEETING, "mark": "present"},
    consumers=("notifications",),
    hidden_fields=_WHO,
)


class _WalkInRegistered(Schema):
    participant_id = fields.UUID(required=True)
    group_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)


WALK_IN_REGISTERED = EventType(
    service="meetings",
    name="walk_in_registered",
    subject="participant",
    schema=_WalkInRegistered,
    example={"participant_id": PARTICIPANT, "group_id": GROUP, "organisation_id": ORGANISATION},
    consumers=("intake",),
    personal={"intake": ("call_name",)},
)


class _PlacementReturned(Schema):
    placement_id = fields.UUID(required=True)
    participant_id = fields.UUID(required=True)
    group_id = fields.UUID(required=True)
    reason = fields.String(required=True)


PLACEMENT_RETURNED = EventType(
    service="meetings",
    name="placement_returned",
    subject="placement",
    schema=_PlacementReturned,
    example={
        "placement_id": PLACEMENT, "participant_id": PARTICIPANT, "group_id": GROUP, "reason": "group_full",
    },
    consumers=("intake",),
)  # fmt: skip


class _ErasureCompleted(Schema):
    participant_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)


ERASURE_COMPLETED = EventType(
    service="meetings",
    name="erasure_completed",
    subject="participant",
    schema=_ErasureCompleted,
    example={"participant_id": PARTICIPANT, "organisation_id": ORGANISATION},
    consumers=("intake",),
)
