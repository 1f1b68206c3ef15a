"""A link to sign in was asked for."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.meetings.events.examples import SIGN_IN, STAFF
from shared.messaging.envelope import EventType


class _SignInRequested(Schema):
    sign_in_id = fields.UUID(required=True)
    staff_id = fields.UUID(required=True)
    expires_at = fields.AwareDateTime(required=True)


SIGN_IN_REQUESTED = EventType(
    service="meetings",
    name="sign_in_requested",
    subject="staff",
    schema=_SignInRequested,
    example={"sign_in_id": SIGN_IN, "staff_id": STAFF, "expires_at": "2026-11-24T18:15:00Z"},
    consumers=("notifications",),
    personal={"notifications": ("secret",)},
)
