"""Who a message is for, by which way it may go, and to which address: opened in memory only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.notifications.models import Consent, Contact, Message, Staff, service
from services.notifications.queries.known import Known
from services.notifications.queries.ways import NO_WISHES, Wishes, blind_index
from services.notifications.rules import channels
from services.notifications.rules.channels import Channel, Choice, Standing
from services.notifications.rules.promises import Kind, Purpose, rule_of
from shared import clock

_COLUMN = {"email": "email", "sms": "mobile"}


@dataclass(frozen=True)
class Way:
    """The way that was chosen for a message, with its address when there is one.

    reason  why it is hand or none, or why it waits
    waits   whether the message waits: for the person, or until `until`
    blind   the address as a blind index
    """

    channel: Channel
    reason: str | None = None
    address: str = field(default="", repr=False)
    waits: bool = False
    until: datetime | None = None
    blind: str | None = None


def is_known(message: Message, known: Known) -> bool:
    """Whether we heard of the person it is for."""
    return message.staff_id in known.staff or message.participant_id in known.participants


def way_of(message: Message, known: Known) -> Way:
    """By which way this message goes now. GiveUp when an address does not open."""
    if message.staff_id:
        staff = known.staff[message.staff_id]
        return Way(Channel.EMAIL, address=service.encryption.open(staff.email, "staff.email", staff.id))
    person = message.participant_id or ""
    contact, wishes = known.contacts.get(person), known.wishes.get(person, NO_WISHES)
    usable = [] if contact is None else _usable_for(message, contact, wishes)
    if message.beside is not None:
        usable = _left_beside(usable, known.firsts.get(message.beside))
    addresses = {way: open_address(contact, way) for way in usable} if contact is not None else {}
    open_to = [
        way for way in usable
        if channels.may_go_to(message.kind, _standing(wishes, way, blind_index(way, addresses[way])))
    ]  # fmt: skip
    choice = choose_way(message.kind, contact, known.consents.get(person), wishes, open_to or usable)
    if message.beside is not None and (choice.channel not in (Channel.EMAIL, Channel.SMS) or not open_to):
        return Way(Channel.NONE, "no_second_way")  # the first one waits, or asks a person
    if choice.channel not in (Channel.EMAIL, Channel.SMS):
        return Way(choice.channel, choice.reason)
    paused = channels.pause_until(message.kind, wishes.paused_until, clock.now())
    if paused is not None and paused >= message.expires_at:
        return Way(Channel.NONE, "paused")
    if paused is not None:
        return Way(choice.channel, "paused", waits=True, until=paused)
    if not open_to and rule_of(message.kind).is_urgent:
        return Way(Channel.HAND, "unconfirmed")  # it cannot wait until somebody answers a question
    if not open_to:
        return Way(choice.channel, "unconfirmed", waits=True)
    address = addresses[choice.channel]
    return Way(choice.channel, address=address, blind=blind_index(choice.channel, address))


def choose_way(
    kind: str, contact: Contact | None, consent: Consent | None, wishes: Wishes, usable: Sequence[str]
) -> Choice:
    """The rule, applied to what we heard of somebody; a dead address says so instead of "no address"."""
    reachable = channels.Contact(
        email="email" in usable, sms="sms" in usable, preferred=Channel(usable[0]) if usable else None
    )
    said = [] if consent is None else consent.purposes
    agreed = {(purpose, way) for purpose in Purpose if purpose in said for way in (Channel.EMAIL, Channel.SMS)}
    choice = channels.choose_channel(kind, reachable, agreed, wishes.opted_out)
    if choice.reason == "no_address" and contact is not None and contact.refused:
        return Choice(choice.channel, "address_dead")
    return choice


def _left_beside(usable: Sequence[str], taken: str | None) -> list[str]:
    """The other ways than the one that the first message took, or is going to take."""
    return [way for way in usable if way != (taken or usable[0])]


def usable_channels(contact: Contact, wishes: Wishes = NO_WISHES) -> list[str]:
    """The ways that the person gave and wants and that still work, best liked first."""
    given = [way for way in contact.channels if has_address(contact, way) and way not in contact.refused]
    if wishes.channels is None:
        return given
    return [way for way in wishes.channels if way in given]


def has_address(contact: Contact, channel: str) -> bool:
    """Whether somebody gave an address for this way, also one that is dead."""
    return bool(getattr(contact, _COLUMN[channel]))


def channels_for_changes(contact: Contact, wishes: Wishes) -> list[str]:
    """Of these, those by which a change of what somebody counts on may go."""
    if channels.is_stopped(Kind.MEETING_MOVED, wishes.opted_out):
        return []
    return [
        way for way in usable_channels(contact, wishes)
        if channels.may_go_to(Kind.MEETING_MOVED, _standing(wishes, way, blind_now(contact, way)))
    ]  # fmt: skip


def open_address(contact: Contact, channel: str) -> str:
    """The address itself. GiveUp when it does not open."""
    column = _COLUMN[channel]
    return service.encryption.open(getattr(contact, column), f"contact.{column}", contact.id)


def blind_now(contact: Contact, channel: str) -> str:
    """The address that somebody has now, as a blind index; asked of who has one."""
    return blind_index(channel, open_address(contact, channel))


def standing_of(person: str, channel: str, known: Known) -> Standing | None:
    """What we know of the address that somebody has now for this way; None when they have none."""
    contact = known.contacts.get(person)
    if contact is None or channel not in usable_channels(contact):
        return None
    return _standing(known.wishes.get(person, NO_WISHES), channel, blind_now(contact, channel))


def blind_of(person: str, channel: str, known: Known) -> str:
    """The address that somebody has now, as a blind index. LookupError when there is none."""
    contact = known.contacts[person]
    if not has_address(contact, channel):
        raise LookupError(channel)
    return blind_now(contact, channel)


def name_of(message: Message, known: Known) -> str:
    """What the person wants to be called; empty when we have not heard of them."""
    if message.staff_id:
        return staff_name(known.staff.get(message.staff_id))
    row = known.participants.get(message.participant_id or "")
    return "" if row is None else service.encryption.open(row.call_name, "participant.call_name", row.id)


def staff_name(row: Staff | None) -> str:
    """How somebody who works here is called; empty when we have not heard of them."""
    return "" if row is None else service.encryption.open(row.name, "staff.name", row.id)


def _usable_for(message: Message, contact: Contact, wishes: Wishes) -> list[str]:
    if message.kind in ("confirm_address", "reply_received"):
        # These are about one address, and go there or nowhere.
        return [way for way in usable_channels(contact) if way == message.change]
    return usable_channels(contact, NO_WISHES if channels.is_asked_for(message.kind) else wishes)


def _standing(wishes: Wishes, channel: str, blind: str) -> Standing:
    row = wishes.addresses.get((channel, blind))
    first = next((known for way, known in wishes.addresses if way == channel), blind)
    if row is None:
        return Standing(is_first=first == blind, is_met=wishes.is_met)
    return Standing(row.confirmed_at is not None, row.needs_proof, first == blind, wishes.is_met)
