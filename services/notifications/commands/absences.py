"""What follows when somebody calls off for this once, was missed, or was there after all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.notifications.commands.lifecycle import review
from services.notifications.commands.planning import Draft, plan
from services.notifications.commands.reminders import remind, starts_at
from services.notifications.models import Absence, CallOff, Meeting, Membership, Message
from services.notifications.models.foundation import EventMoment
from services.notifications.queries import meeting_changes
from services.notifications.rules import timing
from services.notifications.rules.message_types import MessageType, expires_at
from shared import clock
from shared.errors import TryLater

_ONE_DAY = timedelta(days=1)


def record_call_off(
    *, meeting_id: str, membership_id: str, organisation_id: str, state: str, event_at: EventMoment
) -> None:
    """Withdraw the reminder of who will not come this once, or plan it again for who will after all.

    event_at  when the event was published; an older one than the last changes nothing
    """
    current = _find(CallOff, organisation_id, meeting_id, membership_id)
    if current is None:
        current = CallOff(
            organisation_id=organisation_id, meeting_id=meeting_id, membership_id=membership_id, revision=0
        )
    elif current.last_event_at >= event_at or current.state == state:
        return
    else:
        current.revision += state == "taken_back"
    current.state, current.last_event_at = state, event_at
    current.save()
    if state == "called_off":
        review((Message.meeting_id == meeting_id) & (Message.membership_id == membership_id))
    else:
        _remind_again(meeting_id, membership_id)


def record_absence(*, meeting_id: str, membership_id: str, organisation_id: str, event_at: EventMoment) -> None:
    """Plan a kind message to who was missed, held until a facilitator could look at it.

    Raises TryLater when the meeting or who takes part is not known yet.
    """
    meeting = Meeting.get_or_none(Meeting.id == meeting_id)
    membership = Membership.get_or_none(Membership.id == membership_id)
    if meeting is None or membership is None:
        raise TryLater("the meeting or who was missed is not known yet")
    revision = _record_mark(organisation_id, meeting_id, membership_id, "absent", event_at)
    if revision is not None:
        plan(_missed_you(meeting, membership, revision))
        _review_missed(meeting_id, membership_id)


def record_correction(
    *, meeting_id: str, membership_id: str, organisation_id: str, mark: str, event_at: EventMoment
) -> None:
    """Keep that a mark was another one after all, and that nobody is to be missed for it."""
    if _record_mark(organisation_id, meeting_id, membership_id, mark, event_at) is not None:
        _review_missed(meeting_id, membership_id)


def _record_mark(
    organisation_id: str, meeting_id: str, membership_id: str, mark: str, event_at: EventMoment
) -> int | None:
    """Keep how somebody is marked; gives how often it became absent, None when it says nothing new."""
    current = _find(Absence, organisation_id, meeting_id, membership_id) or Absence(
        organisation_id=organisation_id, meeting_id=meeting_id, membership_id=membership_id, revision=0
    )
    if current.mark == mark or (current.last_event_at is not None and current.last_event_at >= event_at):
        return None
    current.revision += mark == "absent"
    current.mark, current.last_event_at = mark, event_at
    current.save()
    return int(current.revision)


def _missed_you(meeting: Meeting, membership: Membership, revision: int) -> list[Draft]:
    """Draft it for noon of the next day; nothing when that is too long after the meeting."""
    message_type, ended_at = MessageType.MISSED_YOU, starts_at(meeting) + timedelta(minutes=meeting.minutes)
    due_at = timing.veto_until(clock.now(), ZoneInfo(meeting.zone))
    until = expires_at(message_type, made_at=ended_at)
    if until <= due_at:
        return []
    return [
        Draft(
            message_type=message_type,
            organisation_id=membership.organisation_id,
            due_at=due_at,
            expires_at=until,
            hold="veto",
            dedupe=f"{message_type}/{meeting.id}/{membership.id}.{revision}",
            participant_id=membership.participant_id,
            membership_id=membership.id,
            meeting_id=meeting.id,
            revision=revision,
        )
    ]


def _remind_again(meeting_id: str, membership_id: str) -> None:
    meeting = Meeting.get_or_none(Meeting.id == meeting_id)
    membership = Membership.get_or_none(Membership.id == membership_id)
    if meeting is None or membership is None or meeting.state != "planned" or membership.state != "active":
        return
    last = meeting_changes.last_notified(meeting_id).get(membership_id)
    if last is not None and last.revision == meeting.revision and _has_reminded(last, meeting):
        return
    remind([(meeting, membership)])


def _has_reminded(last: Message, meeting: Meeting) -> bool:
    """Tell whether the last message about how it stands now is a reminder, or came so late that it did for one."""
    if last.message_type == MessageType.MEETING_REMINDER:
        return True
    due_at = timing.starts_at(meeting.on - _ONE_DAY, timing.REMINDER_TIME, ZoneInfo(meeting.zone))
    return timing.is_reminded_by_change(last.changed_at, due_at)


def _review_missed(meeting_id: str, membership_id: str) -> None:
    about = (Message.meeting_id == meeting_id) & (Message.membership_id == membership_id)
    review(about & (Message.message_type == MessageType.MISSED_YOU))


def _find(table: Any, organisation_id: str, meeting_id: str, membership_id: str) -> Any:
    return table.get_or_none(
        table.organisation_id == organisation_id,
        table.meeting_id == meeting_id,
        table.membership_id == membership_id,
    )
