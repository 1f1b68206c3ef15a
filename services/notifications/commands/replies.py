"""What people text back: kept sealed for a person to read; only a stop is understood by software."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from services.notifications.commands.opt_outs import stop_now, stop_texts
from services.notifications.commands.planning import Draft, plan
from services.notifications.models import Contact, Message, Organisation, Reply, service
from services.notifications.queries import addresses, replies
from services.notifications.rules import message_types
from services.notifications.rules.message_types import MessageType
from services.notifications.rules.replies import answers_by_itself, says_stop
from services.notifications.rules.routes import ALL
from shared import clock, log
from shared.errors import NotFound
from shared.ids import is_id, new_id
from shared.security.actor import Actor

_ZONE = ZoneInfo(clock.ZONE)


def record_reply(sender: str, text: str, event_moment_of: str, message_id: str) -> bool:
    """Keep a text message that came in; False when it was here already.

    sender      its number: +31612345678
    said_at     when the gateway says that it was sent: the same text at another moment is another message
    message_id  the one that it answers, as far as the gateway knows; empty when it does not
    """
    fingerprint = service.encryption.index("|".join((sender, event_moment_of, text)), "reply.fingerprint")
    with service.transaction():
        if Reply.select().where(Reply.fingerprint == fingerprint).exists():
            return False
        holders = addresses.list_holders("sms", sender)
        about = _answered(message_id, holders)
        whose = _whose(holders, about)
        _keep(sender, text, fingerprint, whose, about)
        if says_stop(text):
            # Whoever holds the telephone says stop: that is everybody who gave this number.
            for holder in holders:
                stop_now(holder.id, ALL, "sms")
                stop_texts(holder.id)
        elif whose is not None:
            _say_when_it_is_read(whose)
    log.event("reply_received", is_known=whose is not None)
    return True


@service.command
def mark_seen(actor: Actor, *, reply_id: str, request_id: str) -> str:
    """Keep that the actor read it and will see to it; returns its id."""
    reply = replies.find(actor, reply_id)
    if reply is None:
        raise NotFound()
    if reply.seen_at is None:
        Reply.update(seen_at=clock.now(), seen_by=actor.id).where(Reply.id == reply_id).execute()
        _audit(actor, "change", ("reply", reply_id), "seen", reply.organisation_id)
    return reply_id


def log_access(actor: Actor, reply_id: str, organisation_id: str, participant_id: str | None) -> None:
    """Log that the actor read what a person sent."""
    about = ("participant", participant_id) if participant_id else ("reply", reply_id)
    _audit(actor, "read", about, "read_reply", organisation_id)


def _audit(actor: Actor, action: str, about: tuple[str, str], purpose: str, organisation_id: str) -> None:
    service.audit.record(actor, action, *about, purpose=purpose, organisation_id=organisation_id or None)


def _keep(sender: str, text: str, fingerprint: str, whose: Contact | None, about: Message | None) -> None:
    reply_id, seal = new_id(), service.encryption.seal
    Reply.insert(
        id=reply_id,
        organisation_id=_only_organisation() if whose is None else whose.organisation_id,
        participant_id=None if whose is None else whose.id,
        message_id=None if about is None else about.id,
        sender=seal(sender, "reply.sender", reply_id),
        text=seal(text, "reply.text", reply_id),
        received_at=clock.now(),
        fingerprint=fingerprint,
    ).execute()


def _answered(message_id: str, holders: list[Contact]) -> Message | None:
    """Return the message that it answers; only one that went to one of them counts."""
    message = Message.get_or_none(Message.id == message_id) if is_id(message_id) else None
    return (
        message if message is not None and message.participant_id in {contact.id for contact in holders} else None
    )


def _whose(holders: list[Contact], about: Message | None) -> Contact | None:
    """Return who of those who share a number wrote it: who got the answered message, else who got one last."""
    if about is not None:
        return next(contact for contact in holders if contact.id == about.participant_id)
    if len(holders) < 2:
        return holders[0] if holders else None
    last = (
        Message.select(Message.participant_id)
        .where(Message.participant_id.in_([contact.id for contact in holders]), Message.channel == "sms")
        .order_by(Message.changed_at.desc())
        .first()
    )
    return (
        holders[0] if last is None else next(contact for contact in holders if contact.id == last.participant_id)
    )


def _only_organisation() -> str:
    """Return the organisation when there is only one, else `NOBODYS`: an unknown number may belong to any."""
    ids = [row.id for row in Organisation.select(Organisation.id).limit(2)]
    return str(ids[0]) if len(ids) == 1 else replies.NOBODYS


def _say_when_it_is_read(contact: Contact) -> None:
    message_type, now = MessageType.REPLY_RECEIVED, clock.now()
    earlier = _earlier_messages(contact.id, message_type)
    if answers_by_itself(now, _ZONE, earlier):
        plan(
            [
                Draft(
                    message_type=message_type,
                    organisation_id=contact.organisation_id,
                    dedupe=f"{message_type}/{contact.id}/{now.isoformat()}",
                    due_at=now,
                    expires_at=message_types.expires_at(message_type, made_at=now),
                    participant_id=contact.id,
                    change="sms",
                )
            ]
        )


def _earlier_messages(participant_id: str, message_type: str) -> list[datetime]:
    last = (
        Message.select(Message.made_at)
        .where(Message.participant_id == participant_id, Message.message_type == message_type)
        .order_by(Message.made_at.desc())
        .limit(1)
    )
    return [row.made_at for row in last]
