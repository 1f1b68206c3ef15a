"""Inviting a colleague by mail."""

from __future__ import annotations

from services.notifications.commands.planning import Draft, plan
from services.notifications.models import Staff
from services.notifications.rules import message_types
from services.notifications.rules.message_types import MessageType
from shared import clock
from shared.errors import TryLater


def invite_colleague(*, invitation_id: str, staff_id: str, organisation_id: str, invited_by_staff_id: str) -> None:
    """Invite somebody to work here. Raises TryLater when who invites is not known yet.

    Who is invited is known: their state comes first in the log, about the same subject.
    """
    if not Staff.select().where(Staff.id == invited_by_staff_id).exists():
        raise TryLater("who invites is not known yet")
    message_type, now = MessageType.STAFF_INVITATION, clock.now()
    plan(
        [
            Draft(
                message_type=message_type,
                organisation_id=organisation_id,
                dedupe=f"{message_type}/{invitation_id}",
                due_at=now,
                expires_at=message_types.expires_at(message_type, made_at=now),
                staff_id=staff_id,
                by_staff_id=invited_by_staff_id,
            )
        ]
    )
