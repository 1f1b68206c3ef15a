"""What follows when somebody calls off for this once, was missed, or was there after all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.notifications.commands.life import Draft, plan, review
from services.notifications.commands.reminders import remind, starts_at
from services.notifications.models import Absence, CallOff, Meeting, Membership, Message
from services.notifications.queries import told
from services.notifications.rules import moments
from services.notifications.rules.promises import Kind, expires_at
from shared import clock
from shared.errors import TryLater

_ONE_DAY = timedelta(days=1)


def note_call_off(*, meeting_id: str, membership_id: str, organisation_id: str, state: str, told_by: str) -> None:
    """Somebody will not come this once, or will after all: the reminder is withdrawn, or planned again.

    told_by  when the fact was said; an older fact than the last one heard changes nothing
    """
    known = _find(CallOff, organisation_id, meeting_id, membership_id)
    if known is None:
        known = CallOff(
            organisation_id=organisation_id, meeting_id=meeting_id, membership_id=membership_id, turn=0
        )
    elif known.told_by >= told_by or known.state == state:
        return
    else:
        known.turn += state == "taken_back"
    known.state, known.told_by = state, told_by
    known.save()
    if state == "called_off":
        review((Message.meeting_id == meeting_id) & (Message.membership_id == membership_id))
    else:
        _remind_again(meeting_id, membership_id)


def note_absent(*, meeting_id: str, membership_id: str, organisation_id: str, told_by: str) -> None:
    """Somebody was missed: a kind message waits until a facilitator could look at it.

    Raises TryLater when we have not heard of the meeting or of who takes part yet.
    """
    meeting = Meeting.get_or_none(Meeting.id == meeting_id)
    membership = Membership.get_or_none(Membership.id == membership_id)
    if meeting is None or membership is None:
        raise TryLater("the meeting or who was missed was not heard of yet")
    known = _find(Absence, organisation_id, meeting_id, membership_id)
    if known is not None and (known.told_by >= told_by or known.mark == "absent"):
        return
    if known is None:
        known = Absence(
            organisation_id=organisation_id, meeting_id=meeting_id, membership_id=membership_id, turn=0
        )
    known.turn += 1
    known.mark, known.told_by = "absent", told_by
    known.save()
    plan(_missed_you(meeting, membership, known.turn))
    _review_missed(meeting_id, membership_id)


def note_correction(*, meeting_id: str, membership_id: str, organisation_id: str, mark: str, told_by: str) -> None:
    """A mark was another one after all. That it became absent is said once more, as an absence."""
    known = _find(Absence, organisation_id, meeting_id, membership_id)
    if mark == "absent" or (known is not None and known.told_by >= told_by):
        return
    if known is None:
        known = Absence(
            organisation_id=organisation_id, meeting_id=meeting_id, membership_id=membership_id, turn=0
        )
    known.mark, known.told_by = mark, told_by
    known.save()
    _review_missed(meeting_id, membership_id)


def _missed_you(meeting: Meeting, membership: Membership, turn: int) -> list[Draft]:
    """From noon of the next day; nothing when that is so long after the meeting that it would be strange."""
    kind, ended_at = Kind.MISSED_YOU, starts_at(meeting) + timedelta(minutes=meeting.minutes)
    due_at = moments.veto_until(clock.now(), ZoneInfo(meeting.zone))
    until = expires_at(kind, made_at=ended_at)
    if until <= due_at:
        return []
    return [Draft(
        kind=kind, organisation_id=membership.organisation_id, due_at=due_at, expires_at=until, hold="veto",
        dedupe=f"{kind}/{meeting.id}/{membership.id}.{turn}", participant_id=membership.participant_id,
        membership_id=membership.id, meeting_id=meeting.id, turn=turn,
    )]  # fmt: skip


def _remind_again(meeting_id: str, membership_id: str) -> None:
    meeting = Meeting.get_or_none(Meeting.id == meeting_id)
    membership = Membership.get_or_none(Membership.id == membership_id)
    if meeting is None or membership is None or meeting.state != "planned" or membership.state != "active":
        return
    last = told.last_told(meeting_id).get(membership_id)
    if last is not None and last.turn == meeting.turn and _has_reminded(last, meeting):
        return
    remind([(meeting, membership)])


def _has_reminded(last: Message, meeting: Meeting) -> bool:
    """Whether what was told last of how it stands now is a reminder, or came so late that it did for one."""
    if last.kind == Kind.MEETING_REMINDER:
        return True
    due_at = moments.starts_at(meeting.on - _ONE_DAY, moments.REMINDER_TIME, ZoneInfo(meeting.zone))
    return moments.is_reminded_by_change(last.changed_at, due_at)


def _review_missed(meeting_id: str, membership_id: str) -> None:
    about = (Message.meeting_id == meeting_id) & (Message.membership_id == membership_id)
    review(about & (Message.kind == Kind.MISSED_YOU))


def _find(table: Any, organisation_id: str, meeting_id: str, membership_id: str) -> Any:
    return table.get_or_none(
        table.organisation_id == organisation_id, table.meeting_id == meeting_id,
        table.membership_id == membership_id,
    )  # fmt: skip
