"""By which way a message goes: what can reach the person, and what the person said yes to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from services.notifications.rules.promises import Purpose, rule_of


class Channel(StrEnum):
    """The ways; `hand` means that a person must tell it, `none` that nothing is sent."""

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
    """The way that was chosen; `reason` (one of life.REASONS for suppressed) says why it is hand or none."""

    channel: Channel
    reason: str | None = None


def choose_channel(kind: str, contact: Contact, consents: Collection[tuple[Purpose, Channel]]) -> Choice:
    """The one channel for a message of this kind.

    consents  the pairs of purpose and channel that the person now says yes to

    A kind that needs no consent may use every address; any other only those that were consented to. Of those
    the preferred one, otherwise e-mail before SMS (it costs nothing and has room). Never a channel without a
    yes because the one with a yes is missing. Refuses `kind_unknown`.
    """
    rule = rule_of(kind)
    reachable = [way for way, works in ((Channel.EMAIL, contact.email), (Channel.SMS, contact.sms)) if works]
    agreed = [way for way in reachable if rule.purpose is None or (rule.purpose, way) in consents]
    if agreed:
        return Choice(contact.preferred if contact.preferred in agreed else agreed[0])
    reason = "no_consent" if reachable else "no_address"
    return Choice(Channel.HAND if rule.by_hand else Channel.NONE, reason)
