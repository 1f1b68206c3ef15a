"""By which channel a message goes: what can reach the person, and what the person said yes or no to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.notifications.rules.message_spec import Purpose
from services.notifications.rules.message_types import BY_CODE, MessageType

# What somebody can stop by itself, and all of it at once.
PURPOSES = ("reminders", "questionnaires", "missed_you")
ALL = "all"


class Channel(StrEnum):
    """The channels; `hand` means that a person must tell it, `none` that nothing is sent."""

    EMAIL = "email"
    SMS = "sms"
    HAND = "hand"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Contact:
    """How someone can be reached: never the addresses themselves, only whether each may be used.

    email, sms  there is such an address and it works (given as safe by the person, and not known to be dead)
    preferred   the one that the person likes best, if they said so
    """

    email: bool = False
    sms: bool = False
    preferred: Channel | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """The channel that was chosen.

    reason  why it is hand or none (one of lifecycle.REASONS), or why the message waits
    waits   whether it waits: for the person, or until `until`
    """

    channel: Channel
    reason: str | None = None
    waits: bool = False
    until: datetime | None = None


def choose_channel(
    message_type: str,
    contact: Contact,
    consents: Collection[tuple[Purpose, Channel]],
    opted_out: Collection[str] = (),
) -> Choice:
    """Return the one channel for a message of this type.

    consents   the pairs of purpose and channel that the person now says yes to
    opted_out  the purposes (or `all`) that the person stopped: a no weighs more than an older yes

    A type that needs no consent may use every address; any other only those that were consented to. Of those
    the preferred one, otherwise e-mail before SMS (it costs nothing and has room). Never a channel without a
    yes because the one with a yes is missing.
    """
    rule = BY_CODE[message_type].spec
    if is_stopped(message_type, opted_out):
        return Choice(Channel.HAND if rule.in_person else Channel.NONE, "opted_out")
    reachable = [
        channel for channel, works in ((Channel.EMAIL, contact.email), (Channel.SMS, contact.sms)) if works
    ]
    agreed = [channel for channel in reachable if rule.purpose is None or (rule.purpose, channel) in consents]
    if agreed:
        return Choice(contact.preferred if contact.preferred in agreed else agreed[0])
    reason = "no_consent" if reachable else "no_address"
    return Choice(Channel.HAND if rule.in_person else Channel.NONE, reason)


def is_stopped(message_type: str, opted_out: Collection[str]) -> bool:
    """Tell whether somebody opted out of this type. Answers to what somebody asked for are never stopped."""
    purpose = BY_CODE[message_type].spec.purpose
    if purpose is not None:
        return ALL in opted_out or str(purpose) in opted_out
    return ALL in opted_out and BY_CODE[message_type].spec.is_unrequested


def needs_confirmed(message_type: str) -> bool:
    """Tell whether this type goes only to a confirmed address: all that is not an answer."""
    spec = BY_CODE[message_type].spec
    return (spec.purpose is not None and not spec.goes_unconfirmed) or spec.is_unrequested


@dataclass(frozen=True, slots=True)
class AddressFacts:
    """What we know of one address.

    is_first    the first that this person gave for this channel
    is_met      somebody of the organisation has met the person, and went through the address with them
    """

    is_confirmed: bool = False
    needs_proof: bool = False
    is_first: bool = True
    is_met: bool = False


def is_trusted(facts: AddressFacts) -> bool:
    """Tell whether an address counts as confirmed.

    Nobody is asked to confirm what a person has looked at with them already: who takes part was met, and the
    address that they came with was read back. Another one later, or one that was somebody else's, is asked about.
    """
    if facts.is_confirmed:
        return True
    return facts.is_first and facts.is_met and not facts.needs_proof


def may_go_to(message_type: str, facts: AddressFacts) -> bool:
    """Tell whether a message of this type may go to an address of which this is known."""
    if message_type == MessageType.CONFIRM_ADDRESS or is_trusted(facts):
        return True
    return not facts.needs_proof and not needs_confirmed(message_type)


def pause_until(message_type: str, paused_until: datetime | None, now: datetime) -> datetime | None:
    """Return until when this type waits for the end of a pause; None when it does not wait.

    Answers, and changes of what somebody counts on, do not wait.
    """
    if paused_until is None or paused_until <= now or BY_CODE[message_type].spec.purpose is None:
        return None
    return paused_until


@dataclass(frozen=True, slots=True)
class Reachability:
    """How one person can be reached with one message.

    addresses     the facts of each address that may be used, best liked channel first
    purposes      what the person says yes to
    has_refused   an address of theirs was refused by the other side
    is_secondary  the message says by another channel what a first one says already
    """

    addresses: Mapping[Channel, AddressFacts]
    purposes: Collection[str]
    opted_out: Collection[str]
    has_refused: bool
    paused_until: datetime | None
    is_secondary: bool


def choose_route(code: str, person: Reachability, *, expires_at: datetime, now: datetime) -> Choice:
    """Choose the channel for a message of this type, now; a choice that waits is not to be sent yet."""
    trusted = [channel for channel, facts in person.addresses.items() if may_go_to(code, facts)]
    choice = _choose_among(code, trusted or list(person.addresses), person)
    is_sendable = choice.channel in (Channel.EMAIL, Channel.SMS)
    if person.is_secondary and not (is_sendable and trusted):
        return Choice(Channel.NONE, "no_second_channel")  # the first one waits, or asks a person
    if not is_sendable:
        return choice
    paused = pause_until(code, person.paused_until, now)
    if paused is not None and paused >= expires_at:
        return Choice(Channel.NONE, "paused")
    if paused is not None:
        return Choice(choice.channel, "paused", waits=True, until=paused)
    if trusted:
        return choice
    if BY_CODE[code].spec.is_urgent:
        return Choice(Channel.HAND, "unconfirmed")  # it cannot wait until somebody answers a question
    return Choice(choice.channel, "unconfirmed", waits=True)


def _choose_among(code: str, usable: Sequence[Channel], person: Reachability) -> Choice:
    """Apply the consents; an address that was refused says so instead of "no address"."""
    contact = Contact(Channel.EMAIL in usable, Channel.SMS in usable, usable[0] if usable else None)
    agreed = {(purpose, channel) for purpose in Purpose if purpose in person.purposes for channel in usable}
    choice = choose_channel(code, contact, agreed, person.opted_out)
    if choice.reason == "no_address" and person.has_refused:
        return Choice(choice.channel, "address_dead")
    return choice
