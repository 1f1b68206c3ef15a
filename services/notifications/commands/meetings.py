"""The copies of meetings, and what follows from them: reminders, changes, substitutes."""

from __future__ import annotations

from dataclasses import fields

from services.notifications.commands.lifecycle import review, transition
from services.notifications.commands.meeting_changes import notify_of_changes
from services.notifications.commands.reminders import remind
from services.notifications.commands.substitutes import notify_substitutes
from services.notifications.models import WAITING, Meeting, Membership, Message
from services.notifications.rules.lifecycle import State
from services.notifications.rules.meeting_changes import Change, changes_between
from services.notifications.rules.meeting_changes import MeetingState as MeetingState  # for who consumes one
from services.notifications.rules.message_types import MessageType
from shared import clock
from shared.storage import upsert


def upsert_meeting(
    meeting_id: str, now: MeetingState, *, before: MeetingState | None, by_staff_id: str | None = None
) -> None:
    """Keep a meeting as it is now, and let follow what is new in it to those who were notified of it.

    What is new is the difference with our own copy; nothing, when it says once more what we know.
    before       how it was before this change: what we go by when we have no copy; None when it was new
    by_staff_id  who made this change, of those who work here: not notified of it
    """
    copy = Meeting.get_or_none(Meeting.id == meeting_id)
    known = before if copy is None else _state_of(copy)
    if copy is not None and known == now:
        return
    changes = frozenset() if known is None else changes_between(known, now)
    is_set_anew = not changes.isdisjoint((Change.MOVED, Change.REINSTATED))
    first_on, first_at = (known or now).moment if copy is None else (copy.first_on, copy.first_at)
    revision = 1 if copy is None else copy.revision + is_set_anew
    upsert(Meeting, id=meeting_id, revision=revision, first_on=first_on, first_at=first_at, **vars(now))
    meeting = Meeting.get_by_id(meeting_id)
    review(Message.meeting_id == meeting_id)
    if now.state == "took_place":
        _expire_rest(meeting_id)
    _remind_members(meeting)
    if known is not None:
        # Of what changed besides, somebody else may have been the one.
        notify_of_changes(meeting, changes, known.moment, by_staff_id if known == before else None)
    notify_substitutes(meeting, None if known is None else known.moment)


def _state_of(copy: Meeting) -> MeetingState:
    return MeetingState(**{field.name: getattr(copy, field.name) for field in fields(MeetingState)})


def _remind_members(meeting: Meeting) -> None:
    if meeting.state == "planned" and meeting.on >= clock.today():
        members = Membership.select().where(Membership.group_id == meeting.group_id, Membership.state == "active")
        remind((meeting, membership) for membership in members)


def _expire_rest(meeting_id: str) -> None:
    """Expire what was still to be said about a meeting that took place, except to who was missed."""
    still = Message.select().where(
        Message.meeting_id == meeting_id, WAITING, Message.message_type != MessageType.MISSED_YOU
    )
    for message in list(still):
        transition(message, State.EXPIRED, "too_late")
