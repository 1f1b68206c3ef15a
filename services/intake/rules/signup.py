"""What a sign-up must and may hold: a name to call somebody by, and nothing else that is required.

Whether an address or a number looks like one is the shape of the form and is checked in `schemas`.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta

from shared.errors import Refusal

LONGEST_CALL_NAME = 60
LONGEST_HELP_QUESTION = 600  # short and in one's own words: a few sentences, not a file
# From one network, and with one address: a library may share the first, a family the second.
MOST_FROM_A_NETWORK = ((20, timedelta(hours=1)), (60, timedelta(days=1)))
MOST_WITH_AN_ADDRESS = ((5, timedelta(days=1)),)
AUDIENCES = ("own", "affected_other")
PARTS_OF_DAY = ("morning", "afternoon", "evening")

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
    """How somebody can be reached safely; all may stay empty."""

    email: str | None = None
    mobile: str | None = None
    may_leave_message: bool = False
    others_see_phone: bool = False


@dataclass(frozen=True, slots=True)
class Consent:
    """A yes for one purpose by one channel; what is not said is not given."""

    purpose: str
    channel: str | None = None


# To be called after a missed meeting is another question than to be written to, and is told apart: by this word.
CALL = "missed_you_call"
CALL_CONSENT = Consent("missed_you", "phone")
# What somebody may stop by one press in a message. Being called is stopped with everything, or by saying so.
BY_MESSAGE = ("reminders", "questionnaires", "missed_you")


def stopped_by(purpose: str | None) -> frozenset[Consent]:
    """What somebody takes back who stops the messages of one purpose; None stops all of them, and calls too."""
    purposes = BY_MESSAGE if purpose is None else (purpose,)
    messages = {Consent(one, channel) for one in purposes for channel in ("email", "sms")}
    return frozenset(messages | ({CALL_CONSENT} if purpose is None else set()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Signup:
    """What somebody tells when signing up. Days are weekdays, 0 is Monday; area begins a postcode."""

    call_name: str
    contact: Contact = Contact()
    consents: frozenset[Consent] = frozenset()
    help_question: str = ""
    audience: str | None = None
    days: frozenset[int] = frozenset()
    parts_of_day: frozenset[str] = frozenset()
    area: str | None = None


def check_signup(signup: Signup) -> Signup:
    """The same sign-up, tidied. An anonymous one is as good as any other.

    Refused: call_name_missing, call_name_too_long, help_question_too_long, audience_unknown, days_unknown,
    part_of_day_unknown, area_wrong, and what `check_consents` refuses; each with `field`.
    """
    call_name = check_call_name(signup.call_name)
    help_question = signup.help_question.strip()
    if len(help_question) > LONGEST_HELP_QUESTION:
        raise Refusal("help_question_too_long", field="help_question", most=LONGEST_HELP_QUESTION)
    if signup.audience is not None and signup.audience not in AUDIENCES:
        raise Refusal("audience_unknown", field="audience")
    if not signup.days <= set(range(7)):
        raise Refusal("days_unknown", field="days")
    if not signup.parts_of_day <= set(PARTS_OF_DAY):
        raise Refusal("part_of_day_unknown", field="parts_of_day")
    area = check_area(signup.area)
    check_consents(signup.consents, signup.contact)
    return replace(signup, call_name=call_name, help_question=help_question, area=area)


def check_call_name(call_name: str) -> str:
    """The name on one line, spaces tidied; an alias is fine. Refused: call_name_missing, call_name_too_long."""
    tidy = " ".join("".join(sign if sign.isprintable() else " " for sign in call_name).split())
    if not tidy:
        raise Refusal("call_name_missing", field="call_name")
    if len(tidy) > LONGEST_CALL_NAME:
        raise Refusal("call_name_too_long", field="call_name", most=LONGEST_CALL_NAME)
    return tidy


def check_area(area: str | None) -> str | None:
    """The first 2 to 4 digits of a postcode; None when nothing was said. Refused: area_wrong.

    Of "3412 AB" only "3412" is kept: roughly where is enough to find a group nearby.
    """
    tidy = "".join((area or "").split())
    if not tidy:
        return None
    found = re.fullmatch(r"([1-9][0-9]{1,3})[A-Za-z]{0,2}", tidy)
    if found is None:
        raise Refusal("area_wrong", field="area")
    return found.group(1)


def reachable_by(contact: Contact) -> tuple[str, ...]:
    """The channels that could reach somebody: "email", "sms", "phone"; empty when anonymous.

    Whether a channel may be used is a matter of consent, not of this.
    """
    return (("email",) if contact.email else ()) + (("sms", "phone") if contact.mobile else ())


def check_consents(consents: Collection[Consent], contact: Contact) -> None:
    """Refused: consent_unknown; consent_not_reachable and call_not_reachable for a way that reaches nobody."""
    for consent in sorted(consents, key=lambda one: one == CALL_CONSENT):
        if consent.channel not in CONSENTS.get(consent.purpose, ()):
            raise Refusal("consent_unknown", field="consents")
        if consent.channel is None or consent.channel in reachable_by(contact):
            continue
        if consent == CALL_CONSENT:
            raise Refusal("call_not_reachable", field="mobile")
        raise Refusal("consent_not_reachable", field="email" if consent.channel == "email" else "mobile")
