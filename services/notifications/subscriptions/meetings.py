"""What is consumed about meetings."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.notifications.commands import meeting_changes, meetings
from services.notifications.subscriptions.registry import Id, Venue, WallTime, Zone, event_moment_of, subscriptions
from shared.messaging.subscriptions import ReceivedEvent


class _Meeting(Schema):
    meeting_id = Id(required=True)
    group_id = Id(required=True)
    organisation_id = Id(required=True)
    on = fields.Date(required=True)
    at = WallTime(required=True)
    zone = Zone(required=True)
    minutes = fields.Integer(required=True)
    state = fields.String(required=True)
    place = fields.Nested(Venue, load_default=None, allow_none=True, unknown="exclude")
    substitute_ids = fields.List(Id(), load_default=list)


@subscriptions.on("nl.houvast.meetings.meeting_changed.v1", _Meeting)
def on_meeting_changed(event: ReceivedEvent) -> None:
    """A meeting as it is now."""
    values = dict(event.data)
    place = values.pop("place")
    meetings.upsert_meeting(**values, place=None if place is None else (place["name"], place["address"]))


class _MeetingFact(Schema):
    meeting_id = Id(required=True)


class _MeetingChange(_MeetingFact):
    by_staff_id = Id(load_default=None, allow_none=True)


@subscriptions.on("nl.houvast.meetings.meeting_scheduled.v1", _MeetingChange)
def on_meeting_scheduled(event: ReceivedEvent) -> None:
    """Whoever takes part is reminded of it in time; who leads it hears when it was off before."""
    meetings.remind_members(event.data["meeting_id"])
    meeting_changes.notify_facilitators_of_reinstatement(**event.data, event_at=event_moment_of(event.envelope))


class _MeetingMoved(_MeetingChange):
    old_on = fields.Date(required=True)
    old_at = WallTime(required=True)


@subscriptions.on("nl.houvast.meetings.meeting_moved.v1", _MeetingMoved)
def on_meeting_moved(event: ReceivedEvent) -> None:
    """Whoever would come at the old moment hears the new one; who leads it too."""
    meeting_changes.notify_of_move(**event.data, event_at=event_moment_of(event.envelope))


@subscriptions.on("nl.houvast.meetings.meeting_cancelled.v1", _MeetingChange)
def on_meeting_cancelled(event: ReceivedEvent) -> None:
    """Whoever would come hears that it does not go on; who leads it too."""
    meeting_changes.notify_of_cancellation(**event.data, event_at=event_moment_of(event.envelope))


@subscriptions.on("nl.houvast.meetings.meeting_took_place.v1", _MeetingFact)
def on_meeting_took_place(event: ReceivedEvent) -> None:
    """What was still to be said about it comes too late."""
    meetings.end_meeting(event.data["meeting_id"])
