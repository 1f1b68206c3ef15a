"""Attempts whose sender died, and messages that would come too late to help."""

from __future__ import annotations

from services.notifications.commands.lifecycle import transition
from services.notifications.commands.sending import BATCH, ClaimedAttempt
from services.notifications.models import WAITING, DeliveryAttempt, Message, service
from services.notifications.rules.lifecycle import State
from shared import clock


def list_abandoned(limit: int = BATCH) -> list[ClaimedAttempt]:
    """List the attempts whose lease ran out."""
    rows = (
        Message.select().where(Message.claimed_until < clock.wall()).order_by(Message.claimed_until).limit(limit)
    )
    grips = []
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
        grips.append(
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
    return grips


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
