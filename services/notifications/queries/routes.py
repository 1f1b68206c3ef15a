"""By which channel a message may go, and to which address."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from datetime import datetime

from services.notifications.models import Contact, Message, service
from services.notifications.queries.addresses import KnownAddress, has_address, known_address, usable_channels
from services.notifications.queries.context import Context
from services.notifications.queries.preferences import NO_PREFERENCES, Preferences
from services.notifications.rules import routes
from services.notifications.rules.message_types import BY_CODE
from services.notifications.rules.routes import Channel, Reachability
from shared import clock
from shared.errors import GiveUp


@dataclass(frozen=True)
class Route:
    """The channel that was chosen for a message, with its address when there is one.

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


def route_of(message: Message, context: Context) -> Route:
    """Return the route of this message now. Raises GiveUp when an address does not open."""
    if message.staff_id:
        staff = context.staff[message.staff_id]
        return Route(Channel.EMAIL, address=service.encryption.open(staff.email, "staff.email", staff.id))
    person = message.participant_id or ""
    contact, consent = context.contacts.get(person), context.consents.get(person)
    preferences = context.preferences.get(person, NO_PREFERENCES)
    known: dict[Channel, KnownAddress] = {}
    if contact is not None:
        usable = _usable_channels(message, contact, preferences, context)
        known = {Channel(channel): known_address(contact, channel, preferences) for channel in usable}
    reachability = Reachability(
        addresses={channel: address.facts for channel, address in known.items()},
        purposes=() if consent is None else consent.purposes,
        opted_out=preferences.opted_out,
        has_refused=contact is not None and bool(contact.refused),
        paused_until=preferences.paused_until,
        is_secondary=message.secondary_of is not None,
    )
    choice = routes.choose_route(
        message.message_type, reachability, expires_at=message.expires_at, now=clock.now()
    )
    if choice.reason is not None:
        return Route(choice.channel, choice.reason, waits=choice.waits, until=choice.until)
    return Route(choice.channel, address=known[choice.channel].address, blind=known[choice.channel].blind)


def preview_channel(message: Message, context: Context) -> str:
    """Return "email" or "sms": how it went or would go now, else the channel of the address that somebody gave."""
    if message.channel in (Channel.EMAIL, Channel.SMS):
        return str(message.channel)
    with contextlib.suppress(GiveUp, LookupError):
        channel = route_of(message, context).channel
        if channel in (Channel.EMAIL, Channel.SMS):
            return str(channel)
    contact = context.contacts.get(message.participant_id or "")
    has_only_phone = contact is not None and has_address(contact, "sms") and not has_address(contact, "email")
    return str(Channel.SMS if has_only_phone else Channel.EMAIL)


def _usable_channels(message: Message, contact: Contact, preferences: Preferences, context: Context) -> list[str]:
    """Return the channels that this message may use, best liked first."""
    spec = BY_CODE[message.message_type].spec
    if spec.to_one_address:
        usable = [channel for channel in usable_channels(contact) if channel == message.change]
    else:
        usable = usable_channels(contact, NO_PREFERENCES if spec.is_awaited else preferences)
    if message.secondary_of is not None and usable:
        # The other ones than the first message took, or is going to take.
        taken = context.firsts.get(message.secondary_of) or usable[0]
        usable = [channel for channel in usable if channel != taken]
    return usable
