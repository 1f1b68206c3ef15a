"""The rules of a person: their call name, how they can be reached, and what they consented to."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from shared.errors import Refusal

LONGEST_CALL_NAME = 60
# The languages in which we write. What a group is held in is a rule of the group, and may be any language.
LANGUAGES = ("nl", "en")
# What holds a Persian name, a family of emoji and the flag of a country together.
_JOINERS = frozenset("\u200c\u200d") | frozenset(map(chr, range(0xE0020, 0xE0080)))
_AT_AN_EDGE = " \u200c\u200d"
# Signs of an alphabet that are drawn as nothing.
_BLANK = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")

# purpose -> the channels it may go by; None is a consent that no channel belongs to.
CONSENTS: dict[str, tuple[str | None, ...]] = {
    "reminders": ("email", "sms"),
    "missed_you": ("email", "sms", "phone"),
    "questionnaires": ("email", "sms"),
    "research": (None,),
    "referrer_feedback": (None,),
}


@dataclass(frozen=True, slots=True)
class Contact:
    """How somebody can be reached safely; all may stay empty.

    may_be_texted  we send text messages to the country of this number
    """

    email: str | None = None
    mobile: str | None = None
    may_leave_message: bool = False
    others_see_phone: bool = False
    may_be_texted: bool = True


@dataclass(frozen=True, slots=True)
class Consent:
    """A consent for one purpose by one channel; one that is absent was not given."""

    purpose: str
    channel: str | None = None


# Being called after a missed meeting is another question than being written to, and has a code of its own.
CALL = "missed_you_call"
CALL_CONSENT = Consent("missed_you", "phone")
# What somebody may stop by one press in a message. Being called is stopped with everything, or by saying so.
BY_MESSAGE = ("reminders", "questionnaires", "missed_you")


def check_language(language: str) -> str:
    """Return a language in which we write. Refused: language_unknown."""
    if language not in LANGUAGES:
        raise Refusal("language_unknown", field="language")
    return language


def stopped_by(purpose: str | None) -> frozenset[Consent]:
    """Return the consents that end when somebody stops one purpose; None stops all messages, and calls too."""
    purposes = BY_MESSAGE if purpose is None else (purpose,)
    messages = {Consent(stopped, channel) for stopped in purposes for channel in ("email", "sms")}
    return frozenset(messages | ({CALL_CONSENT} if purpose is None else set()))


def check_call_name(call_name: str) -> str:
    """Return the name on one line, spaces tidied; an alias is fine.

    Refused: call_name_missing, call_name_too_long.
    """
    tidy = " ".join("".join(map(_shown, call_name)).split()).strip(_AT_AN_EDGE)
    if not any(map(_is_seen, tidy)):
        raise Refusal("call_name_missing", field="call_name")
    if len(tidy) > LONGEST_CALL_NAME:
        raise Refusal("call_name_too_long", field="call_name", most=LONGEST_CALL_NAME)
    return tidy


def reachable_by(contact: Contact) -> tuple[str, ...]:
    """Return the channels that could reach somebody: "email", "sms", "phone"; empty when anonymous.

    Whether a channel may be used is a matter of consent, not of this.
    """
    by_phone = ("sms", "phone") if contact.may_be_texted else ("phone",)
    return (("email",) if contact.email else ()) + (by_phone if contact.mobile else ())


def check_consents(consents: Collection[Consent], contact: Contact) -> None:
    """Refuse a consent that does not exist, or whose channel reaches nobody.

    Refused: consent_unknown, consent_not_reachable, mobile_not_texted, call_not_reachable.
    """
    for consent in sorted(consents, key=lambda consent: consent == CALL_CONSENT):
        if consent.channel not in CONSENTS.get(consent.purpose, ()):
            raise Refusal("consent_unknown", field="consents")
        if consent.channel is None or consent.channel in reachable_by(contact):
            continue
        if consent == CALL_CONSENT:
            raise Refusal("call_not_reachable", field="mobile")
        if contact.mobile and not contact.may_be_texted:
            raise Refusal("mobile_not_texted", field="mobile")
        raise Refusal("consent_not_reachable", field="email" if consent.channel == "email" else "mobile")


def _shown(sign: str) -> str:
    """Return a sign as it may stand in a name: what turns the text around it goes, what is no sign is a space."""
    if sign.isprintable() or sign in _JOINERS:
        return sign
    return "" if unicodedata.category(sign) == "Cf" else " "


def _is_seen(sign: str) -> bool:
    """Tell whether a sign can be seen by itself: an accent by itself cannot."""
    return sign not in _JOINERS | _BLANK and unicodedata.category(sign)[0] not in "MZ"
