"""What follows a sign-up: a confirmation that says what happens next."""

from __future__ import annotations

from datetime import timedelta

from services.notifications.commands.people import check_participant_known
from services.notifications.commands.planning import Draft, plan
from services.notifications.models import Contact
from services.notifications.rules import message_types
from services.notifications.rules.message_types import MessageType
from shared import clock
from shared.errors import TryLater


def confirm_signup(*, signup_id: str, participant_id: str, organisation_id: str, age: timedelta) -> None:
    """Confirm a sign-up once, to who gave an address; one that was received long ago is history.

    age  how long ago it was received
    Raises TryLater when it is not known yet who signed up, or how they can be reached.
    """
    check_participant_known(participant_id)
    contact = Contact.get_or_none(Contact.id == participant_id)
    if contact is None:
        raise TryLater("it is not known yet how who signed up can be reached")
    if not contact.channels:
        return
    message_type, now = MessageType.SIGNUP_CONFIRMATION, clock.now()
    plan(
        [
            Draft(
                message_type=message_type,
                organisation_id=organisation_id,
                dedupe=f"{message_type}/{signup_id}",
                due_at=now,
                expires_at=message_types.expires_at(message_type, made_at=now - age),
                participant_id=participant_id,
            )
        ]
    )
