"""What is heard of who calls off for this once, who was missed, and who was there after all."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.notifications.commands import absences
from services.notifications.subscriptions.registry import Id, event_moment_of, subscriptions
from shared.messaging.subscriptions import ReceivedEvent


class _OfMember(Schema):
    meeting_id = Id(required=True)
    membership_id = Id(required=True)
    organisation_id = Id(required=True)


class _CallOff(_OfMember):
    state = fields.String(required=True)


@subscriptions.on("nl.houvast.meetings.call_off_received.v1", _CallOff)
def on_call_off_received(event: ReceivedEvent) -> None:
    """Somebody will not come this once, or will after all."""
    absences.record_call_off(**event.data, event_at=event_moment_of(event.envelope))


@subscriptions.on("nl.houvast.meetings.participant_absent.v1", _OfMember)
def on_participant_absent(event: ReceivedEvent) -> None:
    """Somebody was missed."""
    absences.record_absence(**event.data, event_at=event_moment_of(event.envelope))


class _Correction(_OfMember):
    mark = fields.String(required=True)


@subscriptions.on("nl.houvast.meetings.attendance_corrected.v1", _Correction)
def on_attendance_corrected(event: ReceivedEvent) -> None:
    """Somebody was marked otherwise after all."""
    absences.record_correction(**event.data, event_at=event_moment_of(event.envelope))
