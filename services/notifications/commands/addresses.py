"""Addresses of people: given, confirmed, refused, and asked about; and what left for them by text message."""

from __future__ import annotations

import peewee

from services.notifications.commands.lifecycle import transition
from services.notifications.commands.planning import Draft, plan
from services.notifications.commands.reachability import publish_reachability
from services.notifications.models import (
    WAITING,
    Address,
    Contact,
    DeliveryAttempt,
    Membership,
    Message,
    ReachabilityChange,
    TextSent,
    service,
)
from services.notifications.queries.addresses import blind_index, blind_now, usable_channels
from services.notifications.queries.links import BLIND_LENGTH
from services.notifications.queries.text_messages import blind_block
from services.notifications.rules import message_types
from services.notifications.rules.lifecycle import State
from services.notifications.rules.message_types import BY_CODE, MessageType
from services.notifications.rules.text_limits import DAY
from services.notifications.rules.text_messages import sms_size
from shared import clock
from shared.errors import NotFound, Refusal
from shared.security.actor import Actor, within

_WAITS_FOR_PREFERENCES = ("unconfirmed", "paused", "quiet_hours")


def record_address(participant_id: str, organisation_id: str, channel: str, address: str) -> None:
    """Keep that somebody has this address.

    Asks them whether it is right when it was dead with somebody else, or when they had another one before.
    """
    blind = blind_index(channel, address)
    about = (Address.participant_id == participant_id, Address.channel == channel)
    if Address.select().where(*about, Address.blind == blind).exists():
        return
    is_first = not Address.select().where(*about).exists()
    # Numbers are given out again: whoever has it now must not get what is meant for somebody else.
    was_dead = Address.select().where(
        Address.blind == blind, Address.participant_id != participant_id, Address.refused_at.is_null(False)
    )
    needs_proof = was_dead.exists()
    _insert(participant_id, organisation_id, channel, blind, needs_proof=needs_proof)
    _withdraw_question(participant_id, channel)
    record_change(participant_id, organisation_id, "address", channel, "intake")
    takes_part = Membership.select().where(Membership.participant_id == participant_id).exists()
    if needs_proof or (takes_part and not is_first):
        ask_to_confirm(participant_id)


def ask_to_confirm(participant_id: str) -> None:
    """Ask at each address that somebody has and that is not confirmed: once a month at the most."""
    contact = Contact.get_or_none(Contact.id == participant_id)
    if contact is None:
        return
    message_type, now = MessageType.CONFIRM_ADDRESS, clock.now()
    drafts = []
    for channel in usable_channels(contact):
        blind = blind_now(contact, channel)
        if not _is_confirmed(participant_id, channel, blind):
            drafts.append(
                Draft(
                    message_type=message_type,
                    organisation_id=contact.organisation_id,
                    dedupe=f"{message_type}/{participant_id}/{channel}/{blind[:BLIND_LENGTH]}/{now:%Y-%m}",
                    due_at=now,
                    expires_at=message_types.expires_at(message_type, made_at=now),
                    participant_id=participant_id,
                    change=channel,
                )
            )
    plan(drafts)


@service.command
def confirm(actor: Actor, *, participant_id: str, channel: str, blind: str, request_id: str) -> str:
    """Confirm the address of who pressed the link that was sent to it; returns the channel.

    blind  the beginning of its blind index

    Refused: address_gone when they have another address by now.
    """
    contact = Contact.get_or_none(Contact.id == participant_id)
    if contact is None or channel not in contact.channels:
        raise Refusal("address_gone")
    now_blind = blind_now(contact, channel)
    if not now_blind.startswith(blind):
        raise Refusal("address_gone")
    _confirm(participant_id, contact.organisation_id, channel, now_blind, "link")
    return channel


@service.command
def confirm_verbally(actor: Actor, *, message_id: str, request_id: str) -> str:
    """Confirm all addresses of a person after somebody read them out to them; returns the id of the message."""
    message = Message.get_or_none(Message.id == message_id, within(actor, Message.organisation_id, ("messenger",)))
    if message is None or message.participant_id is None:
        raise NotFound()
    contact = Contact.get_or_none(Contact.id == message.participant_id)
    for channel in [] if contact is None else usable_channels(contact):
        blind = blind_now(contact, channel)
        _confirm(contact.id, contact.organisation_id, channel, blind, "staff")
    service.audit.record(
        actor, "change", "message", message_id, purpose="confirm_address", organisation_id=message.organisation_id
    )
    return message_id


def confirm_after_talk(participant_id: str) -> None:
    """Confirm the addresses at which we reached somebody who came to the talk."""
    contact = Contact.get_or_none(Contact.id == participant_id)
    for channel in [] if contact is None else usable_channels(contact):
        blind = blind_now(contact, channel)
        reached = DeliveryAttempt.select().where(
            DeliveryAttempt.organisation_id == contact.organisation_id,
            DeliveryAttempt.address_index == blind,
            DeliveryAttempt.outcome == "accepted",
        )
        if reached.exists():
            _confirm(participant_id, contact.organisation_id, channel, blind, "talk")


def record_change(participant_id: str, organisation_id: str, change: str, detail: str, by: str) -> None:
    """Keep that something changed in how somebody may be reached, and look again at what waits for that."""
    now = clock.now()
    ReachabilityChange.insert(
        participant_id=participant_id, organisation_id=organisation_id, at=now, change=change, detail=detail, by=by
    ).execute()
    Message.update(due_at=now).where(
        Message.participant_id == participant_id,
        Message.state == State.HELD,
        Message.reason.in_(_WAITS_FOR_PREFERENCES),
    ).execute()


def mark_refused(participant_id: str, channel: str, blind: str) -> None:
    """Keep that the other side says that there is no such address."""
    Address.update(refused_at=clock.now(), confirmed_at=None, confirmed_by=None).where(
        _is(participant_id, channel, blind)
    ).execute()


def clear_refusals(participant_id: str) -> None:
    """Give the addresses of somebody a new chance, because a person looked at it."""
    Address.update(refused_at=None).where(Address.participant_id == participant_id).execute()


def sent_to(message_id: str, number: int) -> str | None:
    """Return the blind index of the address to which this attempt went."""
    row = DeliveryAttempt.get_or_none(DeliveryAttempt.message_id == message_id, DeliveryAttempt.number == number)
    return None if row is None else row.address_index


def record_text(message: Message, number: str, text: str) -> None:
    """Count a text message that is being handed over for the limits, whatever comes of it."""
    TextSent.insert(
        organisation_id=message.organisation_id,
        message_id=message.id,
        at=clock.now(),
        number=blind_index("sms", number),
        block=blind_block(number),
        parts=sms_size(text).parts,
        is_awaited=BY_CODE[message.message_type].spec.is_awaited,
    ).execute()


def prune_texts() -> bool:
    """Drop what no limit looks at any more; True when there was something."""
    is_old = TextSent.at < clock.now() - 2 * DAY
    if not TextSent.select().where(is_old).exists():
        return False
    with service.transaction():
        TextSent.delete().where(is_old).execute()
    return True


def _withdraw_question(participant_id: str, channel: str) -> None:
    """Withdraw a question that still waits: it was about the address before this one."""
    about = (Message.participant_id == participant_id, Message.message_type == MessageType.CONFIRM_ADDRESS)
    for message in list(Message.select().where(*about, Message.change == channel, WAITING)):
        transition(message, State.WITHDRAWN, "replaced")


def _confirm(participant_id: str, organisation_id: str, channel: str, blind: str, by: str) -> None:
    if _is_confirmed(participant_id, channel, blind):
        return
    _insert(participant_id, organisation_id, channel, blind)
    Address.update(confirmed_at=clock.now(), confirmed_by=by, needs_proof=False).where(
        _is(participant_id, channel, blind)
    ).execute()
    record_change(participant_id, organisation_id, "confirmed", channel, by)
    publish_reachability(participant_id, organisation_id)


def _insert(
    participant_id: str, organisation_id: str, channel: str, blind: str, *, needs_proof: bool = False
) -> None:
    Address.insert(
        organisation_id=organisation_id,
        participant_id=participant_id,
        channel=channel,
        blind=blind,
        handled_at=clock.now(),
        needs_proof=needs_proof,
    ).on_conflict_ignore().execute()


def _is_confirmed(participant_id: str, channel: str, blind: str) -> bool:
    rows = Address.select().where(_is(participant_id, channel, blind), Address.confirmed_at.is_null(False))
    return bool(rows.exists())


def _is(participant_id: str, channel: str, blind: str) -> peewee.Expression:
    return (Address.participant_id == participant_id) & (Address.channel == channel) & (Address.blind == blind)
