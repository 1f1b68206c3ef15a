"""The state of a membership, and placements that came back."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from services.meetings.events.examples import GROUP, MEMBERSHIP, ORGANISATION, PARTICIPANT, PLACEMENT
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
        "membership_id": MEMBERSHIP,
        "participant_id": PARTICIPANT,
        "group_id": GROUP,
        "organisation_id": ORGANISATION,
        "placement_id": PLACEMENT,
        "state": "active",
        "starts_on": "2026-11-24",
    },
    consumers=("intake", "questionnaires", "notifications"),
    is_state=True,
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
        "placement_id": PLACEMENT,
        "participant_id": PARTICIPANT,
        "group_id": GROUP,
        "reason": "group_full",
    },
    consumers=("intake",),
)
