"""By which way a message goes: what can reach the person, and what the person said yes or no to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.notifications.rules.message_types import Purpose, rule_of

# What somebody can stop by itself, and all of it at once.
PURPOSES = ("reminders", "questionnaires", "missed_you")
ALL = "all"

# Nobody asked for these, however useful they are: who stopped everything hears them from a person.
_NEWS = frozenset({"meeting_moved", "meeting_cancelled"})
# Somebody sits waiting for these and asked for them a moment ago: a choice of ways does not stand in between.
_ASKED_FOR = frozenset({"access_code", "sign_in_link"})
# Part of the talk that somebody asked for, though it needs a yes: it may go where nothing was confirmed yet.
_OF_THE_TALK = frozenset({"intro_talk_reminder"})


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


def choose_channel(
    kind: str,
    contact: Contact,
    consents: Collection[tuple[Purpose, Channel]],
    opted_out: Collection[str] = (),
) -> Choice:
    """The one channel for a message of this kind.

    consents   the pairs of purpose and channel that the person now says yes to
    opted_out  the purposes (or `all`) that the person stopped: a no weighs more than an older yes

    A kind that needs no consent may use every address; any other only those that were consented to. Of those
    the preferred one, otherwise e-mail before SMS (it costs nothing and has room). Never a channel without a
    yes because the one with a yes is missing. Refuses `kind_unknown`.
    """
    rule = rule_of(kind)
    if is_stopped(kind, opted_out):
        return Choice(Channel.HAND if rule.in_person else Channel.NONE, "opted_out")
    reachable = [way for way, works in ((Channel.EMAIL, contact.email), (Channel.SMS, contact.sms)) if works]
    agreed = [way for way in reachable if rule.purpose is None or (rule.purpose, way) in consents]
    if agreed:
        return Choice(contact.preferred if contact.preferred in agreed else agreed[0])
    reason = "no_consent" if reachable else "no_address"
    return Choice(Channel.HAND if rule.in_person else Channel.NONE, reason)


def is_stopped(kind: str, opted_out: Collection[str]) -> bool:
    """Whether a no stands against this kind. Answers to what somebody asked for are never stopped."""
    purpose = rule_of(kind).purpose
    if purpose is not None:
        return ALL in opted_out or str(purpose) in opted_out
    return ALL in opted_out and kind in _NEWS


def is_asked_for(kind: str) -> bool:
    """Whether somebody waits for it now, so that every address that they gave will do."""
    return kind in _ASKED_FOR


def needs_confirmed(kind: str) -> bool:
    """Whether this goes only to an address that was confirmed: all that is not an answer."""
    purpose = rule_of(kind).purpose
    return (purpose is not None and kind not in _OF_THE_TALK) or kind in _NEWS


@dataclass(frozen=True, slots=True)
class AddressFacts:
    """What we know of one address.

    is_first    the first that this person gave for this way
    is_met      somebody of the organisation has met the person, and went through the address with them
    """

    is_confirmed: bool = False
    needs_proof: bool = False
    is_first: bool = True
    is_met: bool = False


def is_trusted(facts: AddressFacts) -> bool:
    """Whether an address counts as confirmed.

    Nobody is asked to confirm what a person has looked at with them already: who takes part was met, and the
    address that they came with was read back. Another one later, or one that was somebody else's, is asked about.
    """
    if facts.is_confirmed:
        return True
    return facts.is_first and facts.is_met and not facts.needs_proof


def may_go_to(kind: str, facts: AddressFacts) -> bool:
    """Whether a message of this kind may go to an address of this standing."""
    if kind == "confirm_address" or is_trusted(facts):
        return True
    return not facts.needs_proof and not needs_confirmed(kind)


def pause_until(kind: str, paused_until: datetime | None, now: datetime) -> datetime | None:
    """Until when this kind waits because somebody asked for a pause; None when it does not wait.

    Answers and changes of what somebody counts on go on.
    """
    if paused_until is None or paused_until <= now or rule_of(kind).purpose is None:
        return None
    return paused_until
