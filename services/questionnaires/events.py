"""The events that questionnaires publishes: that a list may be filled in and that it was, never an answer."""

from __future__ import annotations

from marshmallow import Schema, fields

from shared.messaging.envelope import EventType

_ORGANISATION = "01990000-0000-7000-8000-000000000001"
_GROUP = "01990000-0000-7000-8000-000000000003"
_PARTICIPANT = "01990000-0000-7000-8000-000000000006"
_MEASUREMENT = "01990000-0000-7000-8000-00000000000b"


class _MeasurementOpened(Schema):
    measurement_id = fields.UUID(required=True)
    participant_id = fields.UUID(required=True)
    group_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)
    expires_at = fields.AwareDateTime(required=True)


MEASUREMENT_OPENED = EventType(
    service="questionnaires",
    name="measurement_opened",
    subject="measurement",
    schema=_MeasurementOpened,
    example={
        "measurement_id": _MEASUREMENT,
        "participant_id": _PARTICIPANT,
        "group_id": _GROUP,
        "organisation_id": _ORGANISATION,
        "expires_at": "2026-12-22T18:00:00Z",
    },
    consumers=("notifications",),
)


class _MeasurementEnded(Schema):
    measurement_id = fields.UUID(required=True)
    participant_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)


_ENDED = {"measurement_id": _MEASUREMENT, "participant_id": _PARTICIPANT, "organisation_id": _ORGANISATION}

MEASUREMENT_COMPLETED = EventType(
    service="questionnaires",
    name="measurement_completed",
    subject="measurement",
    schema=_MeasurementEnded,
    example=_ENDED,
    consumers=("notifications",),
)

MEASUREMENT_EXPIRED = EventType(
    service="questionnaires",
    name="measurement_expired",
    subject="measurement",
    schema=_MeasurementEnded,
    example=_ENDED,
    consumers=("notifications",),
)


class _ErasureCompleted(Schema):
    participant_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)


ERASURE_COMPLETED = EventType(
    service="questionnaires",
    name="erasure_completed",
    subject="participant",
    schema=_ErasureCompleted,
    example={"participant_id": _PARTICIPANT, "organisation_id": _ORGANISATION},
    consumers=("intake",),
)
