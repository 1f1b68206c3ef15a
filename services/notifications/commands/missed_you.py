"""What a facilitator can do about a "we missed you" before it goes: hold it back, or write a note with it."""

from __future__ import annotations

from collections.abc import Iterable

from services.notifications.commands.lifecycle import transition
from services.notifications.models import Message, service
from services.notifications.queries.missed_you import Missed, find_missed
from services.notifications.queries.templates import note_of
from services.notifications.rules import lifecycle
from services.notifications.rules.discretion import check_discretion
from services.notifications.rules.lifecycle import State
from shared.errors import Refusal
from shared.security.actor import Actor


@service.command
def hold_back_missed_you(actor: Actor, *, message_id: str, request_id: str) -> str:
    """Withdraw a "we missed you" before it goes; returns its id.

    Refused: message_step when it is too late.
    """
    message, *_ = find_missed(actor, message_id)
    transition(message, State.WITHDRAWN, "held_back", actor=actor)
    _audit(actor, message, "hold_back")
    return message_id


@service.command
def write_personal_note(
    actor: Actor, *, message_id: str, personal_note: str, seen: str | None = None, request_id: str
) -> str:
    """Write a note that goes with a "we missed you", in the name of the actor; returns the id of the message.

    An empty note takes it away.

    seen  the note that the page showed; None does not ask for it

    Refused: message_step when it is too late, message_betrays when a word in it says too much, note_meanwhile
    when a colleague wrote another one.
    """
    message, names, own = find_missed(actor, message_id)
    if not lifecycle.may_be_stopped(message.state):
        raise Refusal("message_step", old=message.state, new=message.state)
    personal_note = " ".join(personal_note.split())
    if seen is not None and note_of(message) not in (seen, personal_note):
        raise Refusal("note_meanwhile")
    check_discretion("", personal_note, names=names, own=own)
    sealed = service.encryption.seal(personal_note, "message.personal_note", message.id) if personal_note else None
    Message.update(personal_note=sealed, personal_note_by=actor.id if personal_note else None).where(
        Message.id == message.id
    ).execute()
    _audit(actor, message, "write_personal_note")
    return message_id


def log_access(actor: Actor, shown: Iterable[Missed]) -> None:
    """Log the access to each of these messages."""
    about = [(missed.participant_id, missed.organisation_id) for missed in shown]
    service.audit.record_all(actor, "read", "participant", about, purpose="missed_you")


def _audit(actor: Actor, message: Message, purpose: str) -> None:
    service.audit.record(
        actor, "change", "message", message.id, purpose=purpose, organisation_id=message.organisation_id
    )
