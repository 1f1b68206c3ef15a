"""What is consumed about who was informed in person."""

from __future__ import annotations

from marshmallow import Schema

from services.notifications.commands.in_person import record_informed
from services.notifications.models import Meeting, Membership, Message, Talk
from services.notifications.subscriptions.registry import Id, subscriptions
from shared.errors import TryLater
from shared.messaging.subscriptions import ReceivedEvent


class _ParticipantInformed(Schema):
    talk_id = Id(required=True)
    by_staff_id = Id(required=True)


@subscriptions.on("nl.houvast.intake.participant_informed.v1", _ParticipantInformed)
def on_participant_informed(event: ReceivedEvent) -> None:
    """Stop asking for a talk of which somebody was informed in person."""
    if Talk.get_or_none(Talk.id == event.data["talk_id"]) is None:
        raise TryLater("the talk is not known yet")
    record_informed(event.data["by_staff_id"], Message.talk_id == event.data["talk_id"])


class _MemberInformed(Schema):
    meeting_id = Id(required=True, allow_none=True)
    membership_id = Id(required=True)
    by_staff_id = Id(required=True)


@subscriptions.on("nl.houvast.meetings.member_informed.v1", _MemberInformed)
def on_member_informed(event: ReceivedEvent) -> None:
    """Stop asking for what somebody was informed of in person: a meeting, or taking part."""
    meeting_id = event.data["meeting_id"]
    if meeting_id is not None and Meeting.get_or_none(Meeting.id == meeting_id) is None:
        raise TryLater("the meeting is not known yet")
    if Membership.get_or_none(Membership.id == event.data["membership_id"]) is None:
        raise TryLater("the membership is not known yet")
    about = Message.meeting_id.is_null() if meeting_id is None else Message.meeting_id == meeting_id
    about &= Message.membership_id == event.data["membership_id"]
    record_informed(event.data["by_staff_id"], about)
