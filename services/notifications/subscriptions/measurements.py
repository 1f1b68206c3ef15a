"""What is consumed about lists of questions."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.notifications.commands import measurements
from services.notifications.subscriptions.registry import (
    Id,
    subscriptions,
)
from shared.messaging.subscriptions import ReceivedEvent


class _MeasurementOpened(Schema):
    measurement_id = Id(required=True)
    participant_id = Id(required=True)
    organisation_id = Id(required=True)
    expires_at = fields.AwareDateTime(required=True)


@subscriptions.on("nl.houvast.questionnaires.measurement_opened.v1", _MeasurementOpened)
def on_measurement_opened(event: ReceivedEvent) -> None:
    measurements.open_measurement(**event.data)


class _MeasurementEnd(Schema):
    measurement_id = Id(required=True)
    participant_id = Id(required=True)
    organisation_id = Id(required=True)


@subscriptions.on("nl.houvast.questionnaires.measurement_completed.v1", _MeasurementEnd)
def on_measurement_completed(event: ReceivedEvent) -> None:
    measurements.end_measurement(**event.data, state="completed")


@subscriptions.on("nl.houvast.questionnaires.measurement_expired.v1", _MeasurementEnd)
def on_measurement_expired(event: ReceivedEvent) -> None:
    measurements.end_measurement(**event.data, state="expired")
