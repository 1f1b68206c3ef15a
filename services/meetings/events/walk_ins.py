"""That somebody walked in who is new here."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.meetings.events.examples import GROUP, ORGANISATION, PARTICIPANT
from shared.messaging.envelope import EventType


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
