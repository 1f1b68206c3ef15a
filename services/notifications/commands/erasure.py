"""Forgetting somebody: nothing goes out any more, and what was sent is deleted with its copies on this machine.

A message that is being handed over at this very moment is waited for, so that no copy of it comes after.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial

from services.notifications import events
from services.notifications.models import TABLES, WAITING, DeliveryAttempt, Message, MessageStep, service
from services.notifications.rules.lifecycle import State
from shared.security.erasure import PersonalData

# The steps of a message stay: a log that only grows, and names a message that is not there any more.
PERSONAL_DATA = PersonalData(
    tables=[table for table in TABLES if table is not MessageStep],
    columns=frozenset({"participant_id", "membership_id", "talk_id", "measurement_id", "message_id"}),
    nouns=("participant", "contact", "consent", "reachability", "membership", "intro_talk", "measurement"),
    unpublished=(Message,),
)
_SENT = (State.ACCEPTED, State.DELIVERED)
# What a message that was tried needs until it is gone for good: by its attempts its copies are found.
_DEFERRED = (Message, DeliveryAttempt)
RemoveCopies = Callable[[Collection[str]], None]


def erase(participant_id: str, organisation_id: str) -> None:
    """Withdraw and empty what would be sent to somebody, and delete who they were, inside a transaction."""
    of_them = Message.participant_id == participant_id
    words = {"composed": None, "personal_note": None, "personal_note_by": None, "let_through_reason": None}
    Message.update(**words, asked_at=None).where(of_them).execute()
    attempts = DeliveryAttempt.message_id.in_(Message.select(Message.id).where(of_them))
    DeliveryAttempt.update(address_index=None).where(attempts).execute()
    Message.update(due_at=None, secret=None).where(of_them, Message.state != State.CLAIMED).execute()
    service.erasures.erase(participant_id, organisation_id, PERSONAL_DATA, deferred=_DEFERRED)
    waiting = {row.id for row in Message.select(Message.id).where(of_them, WAITING)}
    attempted = DeliveryAttempt.select(DeliveryAttempt.message_id).where(DeliveryAttempt.message_id.in_(waiting))
    Message.delete().where(Message.id.in_(waiting - {row.message_id for row in attempted})).execute()


def erase_again(participant_id: str, organisation_id: str) -> None:
    """Erase somebody of the erasure log in a store that may be older than that."""
    with service.transaction():
        erase(participant_id, organisation_id)


def complete_erasures(remove_copies: RemoveCopies) -> bool:
    """Delete what was sent to those who are erased, and publish that it is done; True when there was anybody.

    remove_copies  deletes what was delivered on this machine, by provider ids
    """
    return service.erasures.complete(partial(_clear, remove_copies), _publish_completed)


def _clear(remove_copies: RemoveCopies, participant_id: str) -> bool:
    with service.transaction():
        messages = list(Message.select().where(Message.participant_id == participant_id))
        if any(message.state == State.CLAIMED for message in messages):
            return False
        ids = [message.id for message in messages]
        attempts = DeliveryAttempt.select().where(DeliveryAttempt.message_id.in_(ids))
        remove_copies({attempt.provider_id for attempt in attempts})
        for message in messages:
            if message.state in _SENT:
                service.erasures.count(message.organisation_id, f"sent_{message.channel}", [message.made_at.year])
        service.erasures.erase_deferred(participant_id, PERSONAL_DATA)
    return True


def _publish_completed(participant_id: str, organisation_id: str) -> None:
    payload = {"participant_id": participant_id, "organisation_id": organisation_id}
    service.publish(events.ERASURE_COMPLETED, participant_id, payload)
