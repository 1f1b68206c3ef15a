"""What is consumed about what somebody told in person."""

from __future__ import annotations

from marshmallow import Schema

from services.notifications.commands.in_person import record_told
from services.notifications.models import Message
from services.notifications.subscriptions.registry import Id, subscriptions
from shared.messaging.subscriptions import ReceivedEvent


class _TalkTold(Schema):
    talk_id = Id(required=True)
    by_staff_id = Id(required=True)


@subscriptions.on("nl.houvast.intake.intro_talk_told.v1", _TalkTold)
def on_intro_talk_told(event: ReceivedEvent) -> None:
    """Stop asking for what somebody told about a talk."""
    record_told(event.data["by_staff_id"], Message.talk_id == event.data["talk_id"])


class _MeetingTold(Schema):
    meeting_id = Id(required=True)
    membership_id = Id(required=True)
    by_staff_id = Id(required=True)


@subscriptions.on("nl.houvast.meetings.meeting_told.v1", _MeetingTold)
def on_meeting_told(event: ReceivedEvent) -> None:
    """Stop asking for what somebody told about a meeting."""
    about = (Message.meeting_id == event.data["meeting_id"]) & (
        Message.membership_id == event.data["membership_id"]
    )
    record_told(event.data["by_staff_id"], about)
