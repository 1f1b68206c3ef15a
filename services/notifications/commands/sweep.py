"""Attempts whose sender died, and messages that would come too late to help."""

from __future__ import annotations

from datetime import timedelta

from services.notifications.commands.lifecycle import transition
from services.notifications.commands.sending import BATCH, ClaimedAttempt
from services.notifications.models import WAITING, DeliveryAttempt, Message, service
from services.notifications.rules.lifecycle import State
from shared import clock

_LONGEST_CLAIM = timedelta(minutes=5)


def list_abandoned(limit: int = BATCH) -> list[ClaimedAttempt]:
    """List the attempts whose sender was silent for too long."""
    wall, claimed_until = clock.wall(), Message.claimed_until
    # A claim that would last longer than any does was made by a clock that was wrong.
    is_over = (claimed_until < wall) | (claimed_until > wall + _LONGEST_CLAIM)
    rows = Message.select().where(is_over).order_by(claimed_until).limit(limit)
    abandoned = []
    for message in rows:
        attempt = (
            DeliveryAttempt.select()
            .where(
                DeliveryAttempt.organisation_id == message.organisation_id,
                DeliveryAttempt.message_id == message.id,
            )
            .order_by(DeliveryAttempt.number.desc())
            .get()
        )
        abandoned.append(
            ClaimedAttempt(
                message,
                attempt.id,
                attempt.number,
                message.claim_token,
                attempt.channel,
                attempt.provider_id,
                attempt.handing_over_at is not None,
            )
        )
    return abandoned


def expire_waiting(limit: int = 200) -> bool:
    """Expire what would come too late to help; True when there was something."""
    is_late = Message.select().where(WAITING, Message.expires_at <= clock.now())
    if not is_late.exists():
        return False
    with service.transaction():
        late = list(is_late.limit(limit))
        for message in late:
            transition(message, State.EXPIRED, "too_late")
    return bool(late)
