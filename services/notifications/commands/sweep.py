"""Attempts whose sender died, messages that would come too late to help, and those that a wrong clock put off."""

from __future__ import annotations

from datetime import timedelta

from services.notifications.commands.lifecycle import transition
from services.notifications.commands.sending import BATCH, ClaimedAttempt
from services.notifications.models import WAITING, DeliveryAttempt, Message, service
from services.notifications.rules.lifecycle import State
from shared import clock

_LONGEST_CLAIM = timedelta(minutes=5)
# As much as the clocks of two machines may differ.
_SKEW = timedelta(minutes=1)
_LOOK_AGAIN = ("not_caught_up", "merged")


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


def bring_forward() -> bool:
    """Let what a clock that was ahead put off be looked at now; True when there was something.

    Only what was to go at once, or after a pause. The moment of any other (an evening before, the end of quiet
    hours) was no question of what time it was.
    """
    now, message = clock.now(), Message
    is_relative = (
        (message.due_at <= message.changed_at)
        | (message.state == State.DUE)
        | ((message.state == State.HELD) & message.reason.in_(_LOOK_AGAIN))
    )
    put_off = (message.changed_at > now + _SKEW) & (message.due_at > now) & WAITING & is_relative
    if not message.select(message.id).where(put_off).limit(1).exists():
        return False
    with service.transaction():
        message.update(due_at=now, changed_at=now).where(put_off).execute()
    return True
