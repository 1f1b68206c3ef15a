"""What a person can do about a message: hold it back, send it after all, or say that it was seen to."""

from __future__ import annotations

from collections.abc import Iterable

from services.notifications.commands import lifecycle as lifecycle_commands
from services.notifications.commands.lifecycle import publish_delivery, transition
from services.notifications.commands.people import retry_refused_addresses
from services.notifications.commands.planning import Draft, plan
from services.notifications.models import Message, service
from services.notifications.queries.context import load_context
from services.notifications.queries.messages import may_be_sent_again
from services.notifications.rules import lifecycle
from services.notifications.rules.lifecycle import State
from shared import clock
from shared.errors import NotFound, Refusal
from shared.security.actor import Actor, within

_KEPT = (
    "message_type", "organisation_id", "expires_at", "participant_id", "staff_id", "talk_id", "meeting_id",
    "membership_id", "measurement_id", "sign_in_id", "revision", "change", "old_on", "old_at",
    "secondary_of",
)  # fmt: skip


@service.command
def hold_back(actor: Actor, *, message_id: str, request_id: str) -> str:
    """Withdraw a message that has not gone yet; returns its id.

    Refused: message_step when it is too late.
    """
    message = _find(actor, message_id)
    transition(message, State.WITHDRAWN, "held_back", actor=actor)
    service.audit.record(
        actor, "change", "message", message.id, purpose="hold_back", organisation_id=message.organisation_id
    )
    return message_id


@service.command
def try_again(actor: Actor, *, message_id: str, request_id: str) -> str:
    """Send a message after all; returns the id of the one that goes now.

    What is in doubt or was held goes on. What never went is planned anew, and refused addresses are tried again.

    Refused: message_not_asking, message_too_late, message_secret_gone, message_no_address.
    """
    message = _find(actor, message_id)
    if message.asked_at is None:
        raise Refusal("message_not_asking")
    if message.expires_at <= clock.now():
        raise Refusal("message_too_late")
    if message.staff_id is not None and message.secret is None:
        raise Refusal("message_secret_gone")
    if not may_be_sent_again(message, load_context([message])):
        raise Refusal("message_no_address")
    if lifecycle.is_final(message.state):
        fresh_id = _again(message)
    else:
        fresh_id = message_id
        transition(message, State.DUE, actor=actor, due_at=clock.now(), attempt_count=0)
    service.audit.record(
        actor, "change", "message", message.id, purpose="try_again", organisation_id=message.organisation_id
    )
    return fresh_id


@service.command
def let_through(actor: Actor, *, message_id: str, reason: str, request_id: str) -> str:
    """Let a message go that was held because of a word, because that word says nothing here; returns its id.

    reason  why, in a few words; kept sealed with the message and erased with it

    Refused: message_not_asking, message_too_late, let_through_reason_missing.
    """
    message = _find(actor, message_id)
    reason = " ".join(reason.split())
    if message.state != State.HELD or message.reason != "betrays":
        raise Refusal("message_not_asking")
    if message.expires_at <= clock.now():
        raise Refusal("message_too_late")
    if not reason:
        raise Refusal("let_through_reason_missing", field="reason")
    sealed = service.encryption.seal(reason, "message.let_through_reason", message.id)
    Message.update(let_through_by=actor.id, let_through_reason=sealed).where(Message.id == message.id).execute()
    transition(message, State.DUE, actor=actor, due_at=clock.now(), attempt_count=0)
    service.audit.record(
        actor, "change", "message", message.id, purpose="let_through", organisation_id=message.organisation_id
    )
    return message_id


@service.command
def mark_resolved(actor: Actor, *, message_id: str, request_id: str) -> str:
    """Keep that a person passed it on, or saw that nothing is needed; returns the id of the message.

    Refused: message_not_asking.
    """
    message = _find(actor, message_id)
    if message.asked_at is None:
        raise Refusal("message_not_asking")
    lifecycle_commands.mark_resolved(message, actor.id)
    service.audit.record(
        actor, "change", "message", message.id, purpose="seen_to", organisation_id=message.organisation_id
    )
    return message_id


def log_access(actor: Actor, about: Iterable[tuple[str, str | None]]) -> None:
    """Log that somebody looked at these messages, (id, organisation), and so at who they are for."""
    service.audit.record_all(actor, "read", "message", about, purpose="look_after_messages")


def _again(message: Message) -> str:
    """Plan a new message for the same reason, because one that has ended does not begin again."""
    dedupe = f"again/{message.id}"
    retry_refused_addresses(message.participant_id, message.organisation_id)
    plan([Draft(dedupe=dedupe, due_at=clock.now(), **{name: getattr(message, name) for name in _KEPT})])
    message.asked_at = None
    Message.update(asked_at=None).where(Message.id == message.id).execute()
    publish_delivery(message)
    fresh = Message.get(Message.organisation_id == message.organisation_id, Message.dedupe == dedupe)
    return str(fresh.id)


def _find(actor: Actor, message_id: str) -> Message:
    message = Message.get_or_none(Message.id == message_id, within(actor, Message.organisation_id, ("messenger",)))
    if message is None:
        raise NotFound()
    return message
