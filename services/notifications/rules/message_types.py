"""What each kind of message promises: how often it arrives, how long it helps, and whose yes it needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from shared.errors import Refusal


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


class MessageType(StrEnum):
    """The kinds of message that exist now."""

    INTRO_TALK_INVITATION = "intro_talk_invitation"
    INTRO_TALK_REMINDER = "intro_talk_reminder"
    INTRO_TALK_CHANGED = "intro_talk_changed"
    WELCOME = "welcome"
    MEETING_REMINDER = "meeting_reminder"
    MEETING_MOVED = "meeting_moved"
    MEETING_CANCELLED = "meeting_cancelled"
    MEETING_SUBSTITUTE = "meeting_substitute"
    MEETING_CHANGE_TO_LEADER = "meeting_change_to_leader"
    MOVE_IN_PERSON = "move_in_person"
    CANCELLATION_IN_PERSON = "cancellation_in_person"
    MISSED_YOU = "missed_you"
    QUESTIONNAIRE_INVITATION = "questionnaire_invitation"
    SIGN_IN_LINK = "sign_in_link"
    ACCESS_CODE = "access_code"
    CONFIRM_ADDRESS = "confirm_address"
    REPLY_RECEIVED = "reply_received"


@dataclass(frozen=True, slots=True)
class MessageSpec:
    """The rules of one kind.

    purpose  the consent it needs; None for an answer to what the person asked for
    lasts    how long it helps, counted from its making; None: until a moment that the caller knows
    by_hand  whether a person must tell it where no message can

    is_urgent     in quiet hours an e-mail goes, and a text message waits unless it would come too late
    goes_unheard  it goes without knowing that everything was heard: not hearing of it hurts more
    by_two_ways   said by a second way too, where there is one
    """

    promise: Promise
    purpose: Purpose | None
    lasts: timedelta | None = None
    ignores_quiet_hours: bool = False
    in_person: bool = False
    is_urgent: bool = False
    skips_catch_up: bool = False
    on_two_channels: bool = False


KINDS: Mapping[MessageType, MessageSpec] = {
    MessageType.INTRO_TALK_INVITATION: MessageSpec(Promise.AT_LEAST_ONCE, None, in_person=True),
    MessageType.INTRO_TALK_REMINDER: MessageSpec(Promise.ONCE, Purpose.REMINDERS),
    MessageType.INTRO_TALK_CHANGED: MessageSpec(Promise.AT_LEAST_ONCE, None, in_person=True),
    MessageType.WELCOME: MessageSpec(Promise.AT_LEAST_ONCE, None, lasts=timedelta(days=7), in_person=True),
    MessageType.MEETING_REMINDER: MessageSpec(Promise.ONCE, Purpose.REMINDERS),
    MessageType.MEETING_MOVED: MessageSpec(Promise.ONCE, None, is_urgent=True, in_person=True),
    MessageType.MEETING_CANCELLED: MessageSpec(
        Promise.AT_LEAST_ONCE, None, is_urgent=True, skips_catch_up=True, in_person=True, on_two_channels=True
    ),
    MessageType.MEETING_SUBSTITUTE: MessageSpec(Promise.AT_LEAST_ONCE, None, is_urgent=True),
    MessageType.MEETING_CHANGE_TO_LEADER: MessageSpec(Promise.AT_LEAST_ONCE, None, is_urgent=True),
    MessageType.MOVE_IN_PERSON: MessageSpec(Promise.AT_LEAST_ONCE, None, is_urgent=True),
    MessageType.CANCELLATION_IN_PERSON: MessageSpec(
        Promise.AT_LEAST_ONCE, None, is_urgent=True, skips_catch_up=True
    ),
    # Our own default: later than this it would be strange, and the next meeting may have been.
    MessageType.MISSED_YOU: MessageSpec(Promise.AT_MOST_ONCE, Purpose.MISSED_YOU, lasts=timedelta(days=4)),
    MessageType.QUESTIONNAIRE_INVITATION: MessageSpec(Promise.ONCE, Purpose.QUESTIONNAIRES),
    MessageType.SIGN_IN_LINK: MessageSpec(
        Promise.AT_LEAST_ONCE, None, lasts=timedelta(minutes=15), ignores_quiet_hours=True
    ),
    MessageType.ACCESS_CODE: MessageSpec(
        Promise.AT_LEAST_ONCE, None, lasts=timedelta(minutes=10), ignores_quiet_hours=True
    ),
    MessageType.CONFIRM_ADDRESS: MessageSpec(Promise.ONCE, None, lasts=timedelta(days=7)),
    # Somebody wrote to us a moment ago: at night too they may know that nobody reads it now, and who does.
    MessageType.REPLY_RECEIVED: MessageSpec(
        Promise.AT_MOST_ONCE, None, lasts=timedelta(hours=1), ignores_quiet_hours=True
    ),
}


def rule_of(kind: str) -> MessageSpec:
    """The rules of a kind; refuses `kind_unknown`."""
    try:
        return KINDS[MessageType(kind)]
    except ValueError:
        raise Refusal("kind_unknown", kind=kind) from None


def expires_at(kind: str, *, made_at: datetime, until: datetime | None = None) -> datetime:
    """The moment from which the message no longer helps and must not be sent.

    until  the start of the meeting (reminder, moved, substitute), its end (what says that it is off: who stands
           before a closed door is still helped by it), the start of the talk (invitation, reminder, change: the
           new start, or the old one when it is called off), or the moment the questionnaire closes. Kinds with a
           term of their own (welcome, missed you, sign-in link, access code) do not look at it.

    Refuses `expiry_missing` when the kind needs `until` and it is not there: a message that never expires
    arrives when it can only confuse.
    """
    lasts = rule_of(kind).lasts
    if lasts is not None:
        return made_at + lasts
    if until is None:
        raise Refusal("expiry_missing", kind=str(kind))
    return until


def may_try_again_after_doubt(promise: Promise, *, channel_drops_doubles: bool) -> bool:
    """Whether a message may be sent again when it is unknown if the last try arrived.

    Doubt is: the process died, or time ran out, after the message was handed over.
    channel_drops_doubles  whether the channel knows our message id and keeps only the first (a provider with
                           an idempotency key, the local mailbox; never plain SMTP)
    """
    if promise is Promise.ONCE:
        return channel_drops_doubles
    return promise is Promise.AT_LEAST_ONCE
