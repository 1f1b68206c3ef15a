"""Who a message is for, by which way it may go, and to which address: opened in memory only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.notifications.models import Consent, Contact, Message, Staff, service
from services.notifications.queries.context import Context
from services.notifications.queries.preferences import NO_PREFERENCES, Preferences, blind_index
from services.notifications.rules import routes
from services.notifications.rules.message_types import MessageType, Purpose, rule_of
from services.notifications.rules.routes import AddressFacts, Channel, Choice
from shared import clock

_COLUMN = {"email": "email", "sms": "mobile"}


@dataclass(frozen=True)
class Route:
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


def is_known(message: Message, context: Context) -> bool:
    """Whether we heard of the person it is for."""
    return message.staff_id in context.staff or message.participant_id in context.participants


def route_of(message: Message, context: Context) -> Route:
    """By which way this message goes now. GiveUp when an address does not open."""
    if message.staff_id:
        staff = context.staff[message.staff_id]
        return Route(Channel.EMAIL, address=service.encryption.open(staff.email, "staff.email", staff.id))
    person = message.participant_id or ""
    contact, preferences = context.contacts.get(person), context.preferences.get(person, NO_PREFERENCES)
    usable = [] if contact is None else _usable_for(message, contact, preferences)
    if message.secondary_of is not None:
        usable = _left_beside(usable, context.firsts.get(message.secondary_of))
    addresses = {way: open_address(contact, way) for way in usable} if contact is not None else {}
    open_to = [
        way for way in usable
        if routes.may_go_to(message.kind, _address_facts(preferences, way, blind_index(way, addresses[way])))
    ]  # fmt: skip
    choice = choose_way(message.kind, contact, context.consents.get(person), preferences, open_to or usable)
    if message.secondary_of is not None and (choice.channel not in (Channel.EMAIL, Channel.SMS) or not open_to):
        return Route(Channel.NONE, "no_second_way")  # the first one waits, or asks a person
    if choice.channel not in (Channel.EMAIL, Channel.SMS):
        return Route(choice.channel, choice.reason)
    paused = routes.pause_until(message.kind, preferences.paused_until, clock.now())
    if paused is not None and paused >= message.expires_at:
        return Route(Channel.NONE, "paused")
    if paused is not None:
        return Route(choice.channel, "paused", waits=True, until=paused)
    if not open_to and rule_of(message.kind).is_urgent:
        return Route(Channel.HAND, "unconfirmed")  # it cannot wait until somebody answers a question
    if not open_to:
        return Route(choice.channel, "unconfirmed", waits=True)
    address = addresses[choice.channel]
    return Route(choice.channel, address=address, blind=blind_index(choice.channel, address))


def choose_way(
    kind: str, contact: Contact | None, consent: Consent | None, preferences: Preferences, usable: Sequence[str]
) -> Choice:
    """The rule, applied to what we heard of somebody; a dead address says so instead of "no address"."""
    reachable = routes.Contact(
        email="email" in usable, sms="sms" in usable, preferred=Channel(usable[0]) if usable else None
    )
    said = [] if consent is None else consent.purposes
    agreed = {(purpose, way) for purpose in Purpose if purpose in said for way in (Channel.EMAIL, Channel.SMS)}
    choice = routes.choose_channel(kind, reachable, agreed, preferences.opted_out)
    if choice.reason == "no_address" and contact is not None and contact.refused:
        return Choice(choice.channel, "address_dead")
    return choice


def _left_beside(usable: Sequence[str], taken: str | None) -> list[str]:
    """The other ways than the one that the first message took, or is going to take."""
    return [way for way in usable if way != (taken or usable[0])]


def usable_channels(contact: Contact, preferences: Preferences = NO_PREFERENCES) -> list[str]:
    """The ways that the person gave and wants and that still work, best liked first."""
    given = [way for way in contact.channels if has_address(contact, way) and way not in contact.refused]
    if preferences.channels is None:
        return given
    return [way for way in preferences.channels if way in given]


def has_address(contact: Contact, channel: str) -> bool:
    """Whether somebody gave an address for this way, also one that is dead."""
    return bool(getattr(contact, _COLUMN[channel]))


def channels_for_changes(contact: Contact, preferences: Preferences) -> list[str]:
    """Of these, those by which a change of what somebody counts on may go."""
    if routes.is_stopped(MessageType.MEETING_MOVED, preferences.opted_out):
        return []
    return [
        way for way in usable_channels(contact, preferences)
        if routes.may_go_to(MessageType.MEETING_MOVED, _address_facts(preferences, way, blind_now(contact, way)))
    ]  # fmt: skip


def open_address(contact: Contact, channel: str) -> str:
    """The address itself. GiveUp when it does not open."""
    column = _COLUMN[channel]
    return service.encryption.open(getattr(contact, column), f"contact.{column}", contact.id)


def blind_now(contact: Contact, channel: str) -> str:
    """The address that somebody has now, as a blind index; asked of who has one."""
    return blind_index(channel, open_address(contact, channel))


def address_facts_of(person: str, channel: str, context: Context) -> AddressFacts | None:
    """What we know of the address that somebody has now for this way; None when they have none."""
    contact = context.contacts.get(person)
    if contact is None or channel not in usable_channels(contact):
        return None
    return _address_facts(context.preferences.get(person, NO_PREFERENCES), channel, blind_now(contact, channel))


def blind_of(person: str, channel: str, context: Context) -> str:
    """The address that somebody has now, as a blind index. LookupError when there is none."""
    contact = context.contacts[person]
    if not has_address(contact, channel):
        raise LookupError(channel)
    return blind_now(contact, channel)


def name_of(message: Message, context: Context) -> str:
    """What the person wants to be called; empty when we have not heard of them."""
    if message.staff_id:
        return staff_name(context.staff.get(message.staff_id))
    row = context.participants.get(message.participant_id or "")
    return "" if row is None else service.encryption.open(row.call_name, "participant.call_name", row.id)


def staff_name(row: Staff | None) -> str:
    """How somebody who works here is called; empty when we have not heard of them."""
    return "" if row is None else service.encryption.open(row.name, "staff.name", row.id)


def _usable_for(message: Message, contact: Contact, preferences: Preferences) -> list[str]:
    if message.kind in ("confirm_address", "reply_received"):
        # These are about one address, and go there or nowhere.
        return [way for way in usable_channels(contact) if way == message.change]
    return usable_channels(contact, NO_PREFERENCES if routes.is_asked_for(message.kind) else preferences)


def _address_facts(preferences: Preferences, channel: str, blind: str) -> AddressFacts:
    row = preferences.addresses.get((channel, blind))
    first = next((context for way, context in preferences.addresses if way == channel), blind)
    if row is None:
        return AddressFacts(is_first=first == blind, is_met=preferences.is_met)
    return AddressFacts(row.confirmed_at is not None, row.needs_proof, first == blind, preferences.is_met)
