"""What people are called: opened in memory only."""

from __future__ import annotations

from services.notifications.models import Contact, Message, Participant, Staff, service
from services.notifications.queries.context import Context
from shared.errors import NotFound


def name_of(message: Message, context: Context) -> str:
    """Return what the reader of this message wants to be called; an empty text when they are not known."""
    if message.staff_id:
        return staff_name(context.staff.get(message.staff_id))
    row = context.participants.get(message.participant_id or "")
    return "" if row is None else service.encryption.open(row.call_name, "participant.call_name", row.id)


def staff_name(row: Staff | None) -> str:
    """Return the name of a member of staff; an empty text when they are not known."""
    return "" if row is None else service.encryption.open(row.name, "staff.name", row.id)


def organisation_of(participant_id: str) -> str:
    """Return the organisation of a participant. Raises NotFound when they are not known."""
    for table in (Participant, Contact):
        row = table.get_or_none(table.id == participant_id)
        if row is not None:
            return str(row.organisation_id)
    raise NotFound()
