"""What people who take part know of a meeting, so that a change reaches only those to whom it matters."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time
from typing import Any

import peewee

from services.notifications.models import Meeting, Membership, Message
from services.notifications.rules.lifecycle import NOTIFIED, State
from services.notifications.rules.message_types import MessageType

_LEFT_TO_A_PERSON = (State.SUPPRESSED, State.REJECTED, State.EXPIRED)
_ABOUT_MEETING = (MessageType.MEETING_REMINDER, MessageType.MEETING_MOVED, MessageType.MEETING_CANCELLED)


def is_notified() -> peewee.Expression:
    """Select the messages that reached somebody, or may have: sent, passed on in person, or carried by another.

    Who is asked to tell it in person need not report that it is done: without an address there is no other way.
    """
    carrying = Message.alias()
    carriers = carrying.select(carrying.id).where(carrying.state.in_(NOTIFIED))
    is_carried = Message.bundled_into.is_null(False) & Message.bundled_into.in_(carriers)
    is_in_person = Message.asked_at.is_null(False) & Message.state.in_(_LEFT_TO_A_PERSON)
    return Message.state.in_(NOTIFIED) | Message.attended_at.is_null(False) | is_carried | is_in_person


def last_notified(meeting_id: str) -> dict[str, Message]:
    """Return membership -> the last message about this meeting that reached them."""
    rows = Message.select().where(
        Message.meeting_id == meeting_id, Message.message_type.in_(_ABOUT_MEETING), is_notified()
    )
    return {row.membership_id: row for row in rows.order_by(Message.made_at, Message.id)}


def list_unsent_moves(meeting_id: str) -> list[Message]:
    """Return what was to be said of moves of this meeting and was not, in the order of the moves."""
    rows = Message.select().where(
        Message.meeting_id == meeting_id, Message.message_type == MessageType.MEETING_MOVED, ~is_notified()
    )
    return list(rows.order_by(Message.revision))


def list_active(group_id: str) -> list[Membership]:
    """Return who takes part in this group."""
    rows = Membership.select().where(Membership.group_id == group_id, Membership.state == "active")
    return list(rows.order_by(Membership.id))


def find_welcomed(memberships: Iterable[Membership]) -> set[str]:
    """Return the memberships among these that were welcomed."""
    ids = [row.id for row in memberships]
    rows = Message.select().where(
        Message.membership_id.in_(ids), Message.message_type == MessageType.WELCOME, is_notified()
    )
    return {row.membership_id for row in rows}


def is_first(meeting: Meeting, on: date, at: time, starts_on: date) -> bool:
    """Tell whether this meeting, when it was still at that moment, was the first for who takes part from that day.

    That is the one which the welcome named.
    """
    earlier: Any = (Meeting.on < on) | ((Meeting.on == on) & (Meeting.at < at))
    earlier_meetings = Meeting.select().where(
        Meeting.group_id == meeting.group_id, Meeting.id != meeting.id, Meeting.on >= starts_on, earlier
    )
    return starts_on <= on and not earlier_meetings.exists()
