"""Links to sign in and codes for somebody's own page: what somebody sits waiting for."""

from __future__ import annotations

from datetime import datetime

from services.notifications.commands.people import check_participant_known
from services.notifications.commands.planning import Draft, plan
from services.notifications.models import Staff
from services.notifications.rules import message_types
from services.notifications.rules.message_types import MessageType
from shared import clock
from shared.errors import TryLater


def send_sign_in_link(*, sign_in_id: str, staff_id: str, expires_at: datetime, secret: str) -> None:
    """Send a link to who waits for it. Raises TryLater when they are not known yet."""
    staff = Staff.get_or_none(Staff.id == staff_id)
    if staff is None:
        raise TryLater("who wants to sign in is not known yet")
    message_type, now = MessageType.SIGN_IN_LINK, clock.now()
    plan(
        [
            Draft(
                message_type=message_type,
                organisation_id=min(staff.organisation_ids, default=""),
                dedupe=f"{message_type}/{sign_in_id}",
                due_at=now,
                expires_at=min(expires_at, message_types.expires_at(message_type, made_at=now)),
                staff_id=staff_id,
                sign_in_id=sign_in_id,
                secret=secret,
            )
        ]
    )


def send_access_code(
    *, access_id: str, participant_id: str, organisation_id: str, expires_at: datetime, code: str
) -> None:
    """Send a code to who waits for it. Raises TryLater when they are not known yet."""
    check_participant_known(participant_id)
    message_type, now = MessageType.ACCESS_CODE, clock.now()
    plan(
        [
            Draft(
                message_type=message_type,
                organisation_id=organisation_id,
                dedupe=f"{message_type}/{access_id}",
                due_at=now,
                expires_at=min(expires_at, message_types.expires_at(message_type, made_at=now)),
                participant_id=participant_id,
                secret=code,
            )
        ]
    )
