"""What an entry in the registry of message types says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Promise(StrEnum):
    """How often a message may arrive when we cannot know whether it did."""

    # A second one hurts more than none: after doubt it is never sent again.
    AT_MOST_ONCE = "at_most_once"
    # None hurts more than a second one: after doubt it is sent again, until it expires.
    AT_LEAST_ONCE = "at_least_once"
    # Neither none nor two: sent again only where the channel itself drops a double, otherwise it stays unknown.
    ONCE = "once"


class Purpose(StrEnum):
    """What a person's consent is for."""

    REMINDERS = "reminders"
    QUESTIONNAIRES = "questionnaires"
    MISSED_YOU = "missed_you"


class Validity(StrEnum):
    """Which check in queries/validity.py tells whether a message is still true."""

    TALK = "talk"
    MEMBERSHIP = "membership"
    REMINDER = "reminder"
    MOVED = "moved"
    CANCELLED = "cancelled"
    MISSED = "missed"
    SUBSTITUTE = "substitute"
    FACILITATOR = "facilitator"
    IN_PERSON = "in_person"
    MEASUREMENT = "measurement"
    ADDRESS = "address"
    ALWAYS = "always"


class Values(StrEnum):
    """Which values its templates get besides the name of who reads it (queries/templates.py)."""

    NONE = "none"
    PROMISE = "promise"
    TALK = "talk"
    WELCOME = "welcome"
    MEETING = "meeting"
    MOVED_MEETING = "moved_meeting"
    MOMENT = "moment"
    PERSONAL_NOTE = "personal_note"
    MEETING_FOR_STAFF = "meeting_for_staff"
    PEOPLE_TO_TELL = "people_to_tell"
    MEASUREMENT = "measurement"
    SIGN_IN_LINK = "sign_in_link"
    INVITATION = "invitation"
    ACCESS_CODE = "access_code"
    OWN_PAGE_LINK = "own_page_link"
    CONFIRM_LINK = "confirm_link"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSpec:
    """One entry.

    code       what is stored, and the name of its folder of templates
    api_name   its name in the JSON API
    label      what staff read
    why        why somebody got it, as they read it; empty for messages to who works here
    purpose    the consent it needs; None for an answer to what the person asked for
    lasts      how long it helps, counted from its making; None: until a moment that the caller knows
    until      that moment in words, or why it lasts so long

    in_person            a person must tell it where no message can
    tells_of             for what asks a facilitator to tell it in person: the type that did not reach somebody
    ignores_quiet_hours  somebody sits waiting for it
    is_urgent            in quiet hours an e-mail goes, and a text message waits unless it would come too late
    mails_at_night       in quiet hours an e-mail goes when it would come too late after them; a text message never
    skips_catch_up       it goes without knowing that every event was consumed: not knowing it hurts more
    on_two_channels      sent by a second channel too, where there is one
    is_bundled           said in one message with others like it that fall on the same evening
    is_unrequested       nobody asked for it: who stopped everything hears it from a person
    is_awaited           asked for a moment ago: every address will do, whatever somebody chose
    goes_unconfirmed     it needs a yes, and may go to an address that was not confirmed yet
    to_one_address       it is about one address, and goes there or nowhere
    is_private           between the person and who leads their group: messengers see no name and no words
    """

    code: str
    api_name: str
    label: str
    why: str = ""
    promise: Promise
    validity: Validity
    values: Values
    purpose: Purpose | None = None
    lasts: timedelta | None = None
    until: str = ""
    in_person: bool = False
    tells_of: str | None = None
    ignores_quiet_hours: bool = False
    is_urgent: bool = False
    mails_at_night: bool = False
    skips_catch_up: bool = False
    on_two_channels: bool = False
    is_bundled: bool = False
    is_unrequested: bool = False
    is_awaited: bool = False
    goes_unconfirmed: bool = False
    to_one_address: bool = False
    is_private: bool = False

    @property
    def may_skip_catch_up(self) -> bool:
        """Whether it may go before every event was consumed: somebody waits for it, or would come for nothing."""
        return self.ignores_quiet_hours or self.skips_catch_up


def may_try_again_after_doubt(promise: Promise, *, channel_drops_doubles: bool) -> bool:
    """Tell whether a message may be sent again when it is unknown if the last attempt arrived.

    Doubt is: the process died, or time ran out, after the message was handed over.
    channel_drops_doubles  whether the channel knows our message id and keeps only the first (a provider with
                           an idempotency key, the local mailbox; never plain SMTP)
    """
    if promise is Promise.ONCE:
        return channel_drops_doubles
    return promise is Promise.AT_LEAST_ONCE
