"""The events of questionnaires as its commands publish them, inside the caller's transaction; never an answer."""

from __future__ import annotations

from services.questionnaires import events
from services.questionnaires.models import Measurement, service
from shared.messaging.envelope import EventType


def publish_opened(measurement: Measurement) -> None:
    """Publish that a list may be filled in, and until when."""
    service.publish(
        events.MEASUREMENT_OPENED,
        measurement.id,
        {
            "measurement_id": measurement.id,
            "participant_id": measurement.participant_id,
            "group_id": measurement.group_id,
            "organisation_id": measurement.organisation_id,
            "expires_at": measurement.expires_at.isoformat(),
        },
    )


def publish_ended(event_type: EventType, measurement: Measurement) -> None:
    """Publish that a measurement ended; part of every command that ends one."""
    service.publish(
        event_type,
        measurement.id,
        {
            "measurement_id": measurement.id,
            "participant_id": measurement.participant_id,
            "organisation_id": measurement.organisation_id,
        },
    )


def publish_erasure_completed(participant_id: str, organisation_id: str) -> None:
    """Publish that somebody was erased here."""
    ids = {"participant_id": participant_id, "organisation_id": organisation_id}
    service.publish(events.ERASURE_COMPLETED, participant_id, ids)
