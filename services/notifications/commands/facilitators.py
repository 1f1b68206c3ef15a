"""Telling those who lead a group that somebody else changed one of its meetings, before they stand at the door."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from services.notifications.commands.planning import Draft, plan
from services.notifications.commands.reminders import starts_at
from services.notifications.models import Meeting, Message
from services.notifications.queries.facilitators import is_substitute, list_group_facilitators
from services.notifications.rules import message_types
from services.notifications.rules.lifecycle import NOTIFIED
from services.notifications.rules.message_types import MessageType
from shared import clock

_MESSAGE_TYPE = MessageType.MEETING_CHANGE_TO_LEADER

# The day, the hour.
Moment = tuple[date, time]


def notify_facilitators(meeting: Meeting, change: str, *, old: Moment, by_staff_id: str | None) -> None:
    """Write what is new to them to all who lead the group, except to who made the change.

    Who stands in at this meeting hears it as a substitute.
    change  moved, place, called_off or on_again
    old     the moment before the change
    """
    drafts = []
    for staff in list_group_facilitators(meeting):
        if staff.id == by_staff_id or is_substitute(staff.id, meeting):
            continue
        missed = _find_missed(meeting, change, staff.id)
        news = _what_is_new(meeting, change, old, missed)
        if news is not None:
            drafts.append(_draft(meeting, staff.id, *news))
    plan(drafts)


def _find_missed(meeting: Meeting, change: str, staff_id: str) -> Message | None:
    """Return the unsent message about the change just before this one; None when they know of that one."""
    rows = Message.select().where(
        Message.meeting_id == meeting.id, Message.message_type == _MESSAGE_TYPE, Message.staff_id == staff_id
    )
    last: Message | None = rows.order_by(Message.made_at.desc(), Message.id.desc()).first()
    if last is None or last.state in NOTIFIED:
        return None
    revision = meeting.revision if change == "called_off" else meeting.revision - 1
    is_of_before = (last.revision, last.change == "called_off") == (revision, change == "on_again")
    return last if is_of_before else None


def _what_is_new(meeting: Meeting, change: str, old: Moment, missed: Message | None) -> tuple[str, Moment] | None:
    """Return (what changed for somebody, the moment that they know), or None when it is as they think already."""
    if missed is None or missed.old_on is None or missed.old_at is None:
        return change, old
    last_known, thinks_it_is_off = (missed.old_on, missed.old_at), missed.change == "on_again"
    if change == "called_off":
        return None if thinks_it_is_off else (change, last_known)
    if thinks_it_is_off:
        return "on_again", last_known
    if last_known != (meeting.on, meeting.at):
        return "moved", last_known
    # There and back. Whether the place came back too is not kept: the message says where it is.
    is_at_other_place = "place" in (change, missed.change) or meeting.place_name or meeting.place_address
    return ("place", last_known) if is_at_other_place else None


def _draft(meeting: Meeting, staff_id: str, change: str, old: Moment) -> Draft:
    now, stands = clock.now(), "off" if change == "called_off" else "on"
    return Draft(
        message_type=_MESSAGE_TYPE,
        organisation_id=meeting.organisation_id,
        due_at=now,
        dedupe=f"{_MESSAGE_TYPE}/{meeting.id}.{meeting.revision}/{stands}/{staff_id}",
        expires_at=message_types.expires_at(_MESSAGE_TYPE, made_at=now, until=_helps_until(meeting, change)),
        staff_id=staff_id,
        meeting_id=meeting.id,
        revision=meeting.revision,
        change=change,
        old_on=old[0],
        old_at=old[1],
    )


def _helps_until(meeting: Meeting, change: str) -> datetime:
    """Return its start, or its end when it is off: who stands before a closed door is still helped."""
    start = starts_at(meeting)
    return start + timedelta(minutes=meeting.minutes) if change == "called_off" else start
