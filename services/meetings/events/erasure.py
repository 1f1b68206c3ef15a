"""That somebody was erased here."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.meetings.events.examples import ORGANISATION, PARTICIPANT
from shared.messaging.envelope import EventType


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
