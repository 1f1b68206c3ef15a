"""Who a message is for, by which way it may go, and to which address: opened in memory only."""

from __future__ import annotations

from dataclasses import dataclass, field

from services.notifications.models import Consent, Contact, Message, Staff, house
from services.notifications.queries.known import Known
from services.notifications.rules import channels
from services.notifications.rules.channels import Channel, Choice
from services.notifications.rules.promises import Purpose


@dataclass(frozen=True)
class Way:
    """The way that was chosen for a message, with its address when there is one.

    reason  why it is hand or none
    """

    channel: Channel
    reason: str | None = None
    address: str = field(default="", repr=False)


def is_known(message: Message, known: Known) -> bool:
    """Whether we heard of the person it is for."""
    return message.staff_id in known.staff or message.participant_id in known.participants


def way_of(message: Message, known: Known) -> Way:
    """By which way this message goes now. GiveUp when an address does not open."""
    if message.staff_id:
        staff = known.staff[message.staff_id]
        return Way(Channel.EMAIL, address=house.privacy.open(staff.email, "staff.email", staff.id))
    person = message.participant_id or ""
    contact = known.contacts.get(person)
    if message.beside is not None:
        choice = _second_choice(contact, known.firsts.get(message.beside))
    else:
        choice = choose_way(message.kind, contact, known.consents.get(person))
    if contact is None or choice.channel not in (Channel.EMAIL, Channel.SMS):
        return Way(choice.channel, choice.reason)
    column = "email" if choice.channel == Channel.EMAIL else "mobile"
    address = house.privacy.open(getattr(contact, column), f"contact.{column}", contact.id)
    return Way(choice.channel, address=address)


def choose_way(kind: str, contact: Contact | None, consent: Consent | None) -> Choice:
    """The rule, applied to what we heard of somebody; a dead address says so instead of "no address"."""
    usable = [] if contact is None else usable_channels(contact)
    reachable = channels.Contact(
        email="email" in usable, sms="sms" in usable, preferred=Channel(usable[0]) if usable else None
    )
    said = [] if consent is None else consent.purposes
    agreed = {(purpose, way) for purpose in Purpose if purpose in said for way in (Channel.EMAIL, Channel.SMS)}
    choice = channels.choose_channel(kind, reachable, agreed)
    if choice.reason == "no_address" and contact is not None and contact.refused:
        return Choice(choice.channel, "address_dead")
    return choice


def _second_choice(contact: Contact | None, taken: str | None) -> Choice:
    """Another way than the one that the first message took, or is going to take."""
    usable = [] if contact is None else usable_channels(contact)
    left = [way for way in usable if way != (taken or usable[0])]
    return Choice(Channel(left[0])) if left else Choice(Channel.NONE, "no_second_way")


def usable_channels(contact: Contact) -> list[str]:
    """The ways that the person gave and that still work, best liked first."""
    given = {"email": contact.email, "sms": contact.mobile}
    return [way for way in contact.channels if given.get(way) and way not in contact.refused]


def name_of(message: Message, known: Known) -> str:
    """What the person wants to be called; empty when we have not heard of them."""
    if message.staff_id:
        return staff_name(known.staff.get(message.staff_id))
    row = known.participants.get(message.participant_id or "")
    return "" if row is None else house.privacy.open(row.call_name, "participant.call_name", row.id)


def staff_name(row: Staff | None) -> str:
    """How somebody who works here is called; empty when we have not heard of them."""
    return "" if row is None else house.privacy.open(row.name, "staff.name", row.id)
