"""Addresses that somebody gave, opened in memory only; in the tables they are blind indexes."""

from __future__ import annotations

from dataclasses import dataclass, field

from services.notifications.models import Address, Contact, service
from services.notifications.queries.context import Context
from services.notifications.queries.preferences import NO_PREFERENCES, Preferences
from services.notifications.rules import routes
from services.notifications.rules.message_types import MessageType
from services.notifications.rules.routes import AddressFacts
from shared.email_addresses import comparable

_COLUMN = {"email": "email", "sms": "mobile"}


@dataclass(frozen=True)
class KnownAddress:
    """One address, as a blind index too, with what we know of it."""

    address: str = field(repr=False)
    blind: str
    facts: AddressFacts


def usable_channels(contact: Contact, preferences: Preferences = NO_PREFERENCES) -> list[str]:
    """Return the channels that the person gave and wants and that still work, best liked first."""
    given = [
        channel for channel in contact.channels if has_address(contact, channel) and channel not in contact.refused
    ]
    if preferences.channels is None:
        return given
    return [channel for channel in preferences.channels if channel in given]


def has_address(contact: Contact, channel: str) -> bool:
    """Tell whether somebody gave an address for this channel, also one that is dead."""
    return bool(getattr(contact, _COLUMN[channel]))


def channels_for_changes(contact: Contact, preferences: Preferences) -> list[str]:
    """Return those of the usable channels by which a change of a meeting may go."""
    if routes.is_stopped(MessageType.MEETING_MOVED, preferences.opted_out):
        return []
    return [
        channel
        for channel in usable_channels(contact, preferences)
        if routes.may_go_to(MessageType.MEETING_MOVED, known_address(contact, channel, preferences).facts)
    ]


def open_address(contact: Contact, channel: str) -> str:
    """Return the address itself, in the clear. Raises GiveUp when it does not open."""
    column = _COLUMN[channel]
    return service.encryption.open(getattr(contact, column), f"contact.{column}", contact.id)


def list_holders(channel: str, address: str) -> list[Contact]:
    """Return who has this address or number now, who gave it last first."""
    blind = blind_index(channel, address)
    rows = Address.select(Address.participant_id).where(Address.channel == channel, Address.blind == blind)
    ids = list(dict.fromkeys(row.participant_id for row in rows.order_by(Address.id.desc())))
    contacts = {row.id: row for row in Contact.select().where(Contact.id.in_(ids))}
    return [
        contacts[contact_id]
        for contact_id in ids
        if contact_id in contacts
        and has_address(contacts[contact_id], channel)
        and blind_now(contacts[contact_id], channel) == blind
    ]


def blind_index(channel: str, address: str) -> str:
    """Return the blind index of an address: equal addresses give equal text."""
    plain = comparable(address) if channel == "email" else address
    return service.encryption.index(plain, f"address.{channel}")


def blind_now(contact: Contact, channel: str) -> str:
    """Return the blind index of the address that somebody has now; only for who has one."""
    return blind_index(channel, open_address(contact, channel))


def blind_of(person: str, channel: str, context: Context) -> str:
    """Return the blind index of the address of this participant. Raises LookupError when they have none."""
    contact = context.contacts[person]
    if not has_address(contact, channel):
        raise LookupError(channel)
    return blind_now(contact, channel)


def address_facts_of(person: str, channel: str, context: Context) -> AddressFacts | None:
    """Return what we know of the address that somebody has now for this channel, or None when they have none."""
    contact = context.contacts.get(person)
    if contact is None or channel not in usable_channels(contact):
        return None
    return known_address(contact, channel, context.preferences.get(person, NO_PREFERENCES)).facts


def known_address(contact: Contact, channel: str, preferences: Preferences) -> KnownAddress:
    """Return the address that somebody has now for this channel. Raises GiveUp when it does not open."""
    address = open_address(contact, channel)
    blind = blind_index(channel, address)
    row = preferences.addresses.get((channel, blind))
    first = next((index for other, index in preferences.addresses if other == channel), blind)
    facts = AddressFacts(
        is_confirmed=row is not None and row.confirmed_at is not None,
        needs_proof=row is not None and row.needs_proof,
        is_first=first == blind,
        is_met=preferences.is_met,
    )
    return KnownAddress(address, blind, facts)
