"""Telling somebody that they lead one meeting, that it is at another moment, or that they need not come."""

from __future__ import annotations

from datetime import date, time

from services.notifications.commands.planning import Draft, plan
from services.notifications.commands.reminders import starts_at
from services.notifications.models import WAITING, Meeting, Message
from services.notifications.queries.facilitators import is_substitute
from services.notifications.rules import message_types
from services.notifications.rules.lifecycle import NOTIFIED
from services.notifications.rules.message_types import MessageType
from shared import clock

_MESSAGE_TYPE = MessageType.MEETING_SUBSTITUTE


def notify_substitutes(meeting: Meeting, old: tuple[date, time] | None) -> None:
    """Bring every substitute up to date. old: the moment before, when we knew of the meeting already."""
    if starts_at(meeting) <= clock.now():
        return
    earlier = _list_earlier(meeting.id)
    drafts = []
    for staff_id in sorted({*meeting.substitute_ids, *earlier}):
        change = _change(meeting, staff_id, earlier.get(staff_id, []))
        if change is not None:
            drafts.append(_draft(meeting, staff_id, change, old, _count(meeting.id, staff_id)))
    plan(drafts)


def _change(meeting: Meeting, staff_id: str, earlier: list[Message]) -> str | None:
    """Return what there is to say: asked, moved or called_off; None when it was said, or is about to be."""
    last = earlier[-1] if earlier else None
    is_asked = last is not None and last.change != "called_off"
    if meeting.state == "planned" and is_substitute(staff_id, meeting):
        if last is None or not is_asked:
            return "asked"
        return "moved" if last.revision != meeting.revision else None
    is_off = meeting.state in ("planned", "cancelled")
    return "called_off" if is_off and is_asked else None


def _list_earlier(meeting_id: str) -> dict[str, list[Message]]:
    """Return staff -> the messages about leading this meeting that went to them or are about to, in order."""
    rows = Message.select().where(
        Message.meeting_id == meeting_id,
        Message.message_type == _MESSAGE_TYPE,
        Message.state.in_(NOTIFIED) | WAITING,
    )
    earlier: dict[str, list[Message]] = {}
    for row in rows.order_by(Message.made_at, Message.id):
        earlier.setdefault(row.staff_id, []).append(row)
    return earlier


def _count(meeting_id: str, staff_id: str) -> int:
    rows = Message.select().where(
        Message.meeting_id == meeting_id, Message.message_type == _MESSAGE_TYPE, Message.staff_id == staff_id
    )
    return int(rows.count())


def _draft(meeting: Meeting, staff_id: str, change: str, old: tuple[date, time] | None, number: int) -> Draft:
    now = clock.now()
    old_on, old_at = old or (meeting.on, meeting.at)
    return Draft(
        message_type=_MESSAGE_TYPE,
        organisation_id=meeting.organisation_id,
        due_at=now,
        dedupe=f"{_MESSAGE_TYPE}/{meeting.id}.{meeting.revision}/{staff_id}/{number}",
        expires_at=message_types.expires_at(_MESSAGE_TYPE, made_at=now, until=starts_at(meeting)),
        staff_id=staff_id,
        meeting_id=meeting.id,
        revision=meeting.revision,
        change=None if change == "asked" else change,
        old_on=old_on,
        old_at=old_at,
    )
