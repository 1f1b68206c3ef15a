"""What follows a list of questions that may be filled in."""

from __future__ import annotations

from datetime import datetime

from services.notifications.commands.lifecycle import review
from services.notifications.commands.people import check_participant_known
from services.notifications.commands.planning import Draft, plan
from services.notifications.models import Measurement, Message
from services.notifications.rules import message_types
from services.notifications.rules.message_types import MessageType
from shared import clock


def open_measurement(
    *, measurement_id: str, participant_id: str, organisation_id: str, expires_at: datetime
) -> None:
    """Invite somebody to fill in a list. Raises TryLater when the participant is not known yet."""
    check_participant_known(participant_id)
    values = {"participant_id": participant_id, "organisation_id": organisation_id, "expires_at": expires_at}
    current = Measurement.get_or_none(Measurement.id == measurement_id)
    if current is None:
        Measurement.insert(id=measurement_id, state="open", **values).execute()
    if current is None or current.state == "open":
        message_type, now = MessageType.QUESTIONNAIRE_INVITATION, clock.now()
        plan(
            [
                Draft(
                    message_type=message_type,
                    organisation_id=organisation_id,
                    dedupe=f"{message_type}/{measurement_id}",
                    due_at=now,
                    expires_at=message_types.expires_at(message_type, made_at=now, until=expires_at),
                    participant_id=participant_id,
                    measurement_id=measurement_id,
                )
            ]
        )


def end_measurement(*, measurement_id: str, participant_id: str, organisation_id: str, state: str) -> None:
    """Keep that a list was filled in (completed) or is over (expired); the first of the two counts."""
    current = Measurement.get_or_none(Measurement.id == measurement_id)
    if current is None:
        Measurement.insert(
            id=measurement_id, participant_id=participant_id, organisation_id=organisation_id, state=state
        ).execute()
    elif current.state == "open":
        Measurement.update(state=state).where(Measurement.id == measurement_id).execute()
        review(Message.measurement_id == measurement_id)
