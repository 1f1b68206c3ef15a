"""A code for a participant's own page was asked for."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.meetings.events.examples import ACCESS, ORGANISATION, PARTICIPANT
from shared.messaging.envelope import EventType


class _AccessRequested(Schema):
    access_id = fields.UUID(required=True)
    participant_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)
    expires_at = fields.AwareDateTime(required=True)


ACCESS_REQUESTED = EventType(
    service="meetings",
    name="access_requested",
    subject="participant",
    schema=_AccessRequested,
    example={
        "access_id": ACCESS,
        "participant_id": PARTICIPANT,
        "organisation_id": ORGANISATION,
        "expires_at": "2026-11-24T18:10:00Z",
    },
    consumers=("notifications",),
    personal={"notifications": ("code",)},
)
