"""The steps of every message, each a row; always inside a transaction."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import peewee

from services.notifications import events
from services.notifications.models import WAITING, Message, service
from services.notifications.queries import validity
from services.notifications.queries.context import load_context
from services.notifications.rules import lifecycle
from services.notifications.rules.lifecycle import State
from services.notifications.rules.message_types import BY_CODE
from shared import clock
from shared.security.actor import Actor, system
from shared.storage import MomentField

US = system("notifications")
_ZONE = ZoneInfo(clock.ZONE)
_ROWS_AT_ONCE = 200
_CAN_STILL_GO = frozenset({State.PLANNED, State.HELD, State.DUE, State.CLAIMED, State.UNKNOWN})


def transition(
    message: Message,
    state: State,
    reason: str | None = None,
    *,
    actor: Actor = US,
    due_at: datetime | None = None,
    channel: str | None = None,
    attempt_count: int | None = None,
    claim_token: str | None = None,
    claimed_until: datetime | None = None,
) -> None:
    """Bring a message one step further and write it down.

    due_at                  when to look at it next; a message that no longer waits has none
    channel, attempt_count  what they are from now on; None leaves them
    claim_token, claimed_until  only for who claims it; any other step ends a claim

    Refused: message_step, message_state, message_reason.
    """
    lifecycle.check_step(message.state, state, reason)
    now = clock.now()
    message.channel = channel or message.channel
    message.attempt_count = message.attempt_count if attempt_count is None else attempt_count
    message.claim_token, message.claimed_until = claim_token, claimed_until
    was_asking = message.asked_at is not None
    message.asked_at = now if lifecycle.needs_person(state, reason, message.channel) else None
    message.state, message.reason, message.changed_at, message.due_at = str(state), reason, now, due_at
    if state not in _CAN_STILL_GO:
        message.secret = message.personal_note = None
    written = (_UPDATE_STEP, [message.__data__[name] for name in _STEP_FIELDS])
    added = (_INSERT_STEP, [message.organisation_id, message.id, now, message.state, reason, actor.id])
    as_stored = MomentField().db_value
    for statement, values in (written, added):
        service.database.execute(statement, [as_stored(v) if isinstance(v, datetime) else v for v in values])

    if was_asking or message.asked_at is not None:
        publish_delivery(message)


def mark_resolved(message: Message, staff_id: str) -> None:
    """Keep that a person passed it on, or saw that nothing is needed."""
    message.asked_at, message.attended_at, message.attended_by = None, clock.now(), staff_id
    Message.update(asked_at=None, attended_at=message.attended_at, attended_by=staff_id).where(
        Message.id == message.id
    ).execute()
    publish_delivery(message)


def publish_delivery(message: Message) -> None:
    """Publish to whoever wanted this message whether it asks for a person, and why.

    Not of what is between the person and who leads their group, nor of what is about no talk or membership.
    """
    if message.participant_id is None or BY_CODE[message.message_type].spec.is_private:
        return
    if service.erasures.is_erased(message.participant_id):
        return
    payload = {
        "message_id": message.id,
        "organisation_id": message.organisation_id,
        "kind": message.message_type,
        "cause": None if message.asked_at is None else lifecycle.cause_of(message.state, message.reason),
        "is_informed": message.attended_at is not None,
    }
    if message.talk_id is not None:
        service.publish(events.TALK_DELIVERY_CHANGED, message.talk_id, payload | {"talk_id": message.talk_id})
    elif message.membership_id is not None:
        about = {"membership_id": message.membership_id, "meeting_id": message.meeting_id}
        service.publish(events.MEMBER_DELIVERY_CHANGED, message.membership_id, payload | about)


def hold(message: Message, reason: str, due_at: datetime | None) -> None:
    """Let a waiting message wait on; writes a row only when the reason is another one."""
    if message.state == State.HELD and message.reason == reason:
        Message.update(due_at=due_at).where(Message.id == message.id).execute()
        return
    if message.state == State.HELD:
        transition(message, State.DUE, due_at=due_at)
    transition(message, State.HELD, reason, due_at=due_at)


def review(about: peewee.Expression) -> None:
    """Stop every waiting message about this that is no longer true."""
    waiting = list(Message.select().where(about, WAITING))
    if not waiting:
        return
    context = load_context(waiting)
    for message in waiting:
        stop = validity.why_stop(message, context)
        if stop is not None:
            transition(message, stop.state, stop.reason)


# Constant SQL, made once from the models: building these statements costs more than running them.
_STEP_FIELDS = (
    "channel",
    "attempt_count",
    "claim_token",
    "claimed_until",
    "asked_at",
    "state",
    "reason",
    "changed_at",
    "due_at",
    "secret",
    "personal_note",
    "id",
)
_UPDATE_STEP = f"UPDATE message SET {', '.join(f'{name} = ?' for name in _STEP_FIELDS[:-1])} WHERE id = ?"  # noqa: S608
_INSERT_STEP = (
    "INSERT INTO message_step (organisation_id, message_id, at, state, reason, actor_id) VALUES (?, ?, ?, ?, ?, ?)"
)
