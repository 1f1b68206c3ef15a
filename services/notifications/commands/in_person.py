"""Asking facilitators to tell a change in person to those whom no message reached."""

from __future__ import annotations

from datetime import datetime

import peewee

from services.notifications.commands.lifecycle import mark_resolved, transition
from services.notifications.commands.planning import Draft, plan
from services.notifications.models import WAITING, DeliveryAttempt, Meeting, Message, Staff, service
from services.notifications.queries.facilitators import list_facilitators
from services.notifications.queries.in_person import ASKED_BY, list_unnotified
from services.notifications.rules import lifecycle
from services.notifications.rules.lifecycle import NOTIFIED, State
from services.notifications.rules.message_types import BY_CODE, MessageType, expires_at, types_that
from shared import clock


def ask_facilitators() -> bool:
    """Ask who leads a meeting to tell its change to those who know nothing of it; True when anybody was asked."""
    changes = list(_find_asking())
    if not changes:
        return False
    with service.transaction():
        drafts = [draft for change in changes for draft in _drafts(change)]
        plan(drafts)
    return bool(drafts)


def record_informed(staff_id: str, about: peewee.Expression) -> None:
    """Keep that somebody was informed in person of what these messages say: none goes or asks any more."""
    is_for_a_person = Message.message_type.in_(list(types_that("in_person"))) | Message.asked_at.is_null(False)
    for message in Message.select().where(about, is_for_a_person):
        if message.asked_at is not None:
            mark_resolved(message, staff_id)
        elif lifecycle.may_be_stopped(message.state):
            transition(message, State.SUPPRESSED, "informed_in_person", channel="none")


def _find_asking() -> peewee.ModelSelect[Message]:
    """Select the changes of which somebody has to be informed in person, as long as that helps."""
    return (
        Message.select(Message.meeting_id, Message.revision, Message.message_type)
        .where(
            Message.asked_at.is_null(False),
            Message.message_type.in_(list(ASKED_BY)),
            Message.expires_at > clock.now(),
        )
        .distinct()
    )


def _drafts(change: Message) -> list[Draft]:
    meeting = Meeting.get_or_none(Meeting.id == change.meeting_id)
    if meeting is None or meeting.revision != change.revision:
        return []
    asked = list_unnotified(meeting.id, change.message_type, meeting.revision)
    if not asked:
        return []
    message_type, newest = ASKED_BY[BY_CODE[change.message_type]], max(asked.values())
    drafts = [_draft(meeting, row, message_type, newest) for row in list_facilitators(meeting)]
    return [draft for draft in drafts if draft is not None]


def _draft(meeting: Meeting, staff: Staff, message_type: MessageType, newest: datetime) -> Draft | None:
    """Draft the next request to this facilitator; None when the last one tells all, or has not gone yet."""
    earlier = list(
        Message.select().where(
            Message.meeting_id == meeting.id,
            Message.message_type == message_type,
            Message.staff_id == staff.id,
            Message.revision == meeting.revision,
            Message.state.in_(NOTIFIED) | WAITING,
        )
    )
    if any(row.state not in NOTIFIED for row in earlier) or (earlier and _written_at(earlier) >= newest):
        return None
    now = clock.now()
    until = (
        Message.select(peewee.fn.MAX(Message.expires_at))
        .where(
            Message.meeting_id == meeting.id, Message.revision == meeting.revision, Message.asked_at.is_null(False)
        )
        .scalar()
    )
    return Draft(
        message_type=message_type,
        organisation_id=meeting.organisation_id,
        due_at=now,
        dedupe=f"{message_type}/{meeting.id}.{meeting.revision}/{staff.id}/{_count(meeting, staff, message_type)}",
        expires_at=expires_at(message_type, made_at=now, until=until),
        staff_id=staff.id,
        meeting_id=meeting.id,
        revision=meeting.revision,
        old_on=meeting.on,
        old_at=meeting.at,
    )


def _written_at(earlier: list[Message]) -> datetime:
    """Return when the last of these was written, and so counted who knew nothing."""
    started = DeliveryAttempt.select(peewee.fn.MAX(DeliveryAttempt.started_at)).where(
        DeliveryAttempt.organisation_id == earlier[0].organisation_id,
        DeliveryAttempt.message_id.in_([row.id for row in earlier]),
    )
    written_at: datetime = started.scalar()
    return written_at


def _count(meeting: Meeting, staff: Staff, message_type: MessageType) -> int:
    """Count the requests to this facilitator before, also those that were withdrawn."""
    rows = Message.select().where(
        Message.meeting_id == meeting.id, Message.message_type == message_type, Message.staff_id == staff.id
    )
    return int(rows.count())
