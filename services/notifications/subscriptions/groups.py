"""What is heard of groups, their meetings and who takes part."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.notifications.commands import groups, meeting_changes
from services.notifications.subscriptions.registry import Id, WallTime, Zone, event_moment_of, subscriptions
from shared.messaging.subscriptions import ReceivedEvent


class _Venue(Schema):
    name = fields.String(required=True)
    address = fields.String(required=True)


class _Group(Schema):
    group_id = Id(required=True)
    organisation_id = Id(required=True)
    name = fields.String(required=True)
    state = fields.String(required=True)
    venue = fields.Nested(_Venue, required=True, allow_none=True, unknown="exclude")


@subscriptions.on("nl.houvast.meetings.group_changed.v1", _Group)
def on_group_changed(event: ReceivedEvent) -> None:
    """A group as it is now."""
    told = dict(event.data)
    venue = told.pop("venue")
    groups.upsert_group(**told, place=None if venue is None else (venue["name"], venue["address"]))


class _Meeting(Schema):
    meeting_id = Id(required=True)
    group_id = Id(required=True)
    organisation_id = Id(required=True)
    on = fields.Date(required=True)
    at = WallTime(required=True)
    zone = Zone(required=True)
    minutes = fields.Integer(required=True)
    state = fields.String(required=True)
    place = fields.Nested(_Venue, load_default=None, allow_none=True, unknown="exclude")
    substitute_ids = fields.List(Id(), load_default=list)


@subscriptions.on("nl.houvast.meetings.meeting_changed.v1", _Meeting)
def on_meeting_changed(event: ReceivedEvent) -> None:
    """A meeting as it is now."""
    told = dict(event.data)
    place = told.pop("place")
    groups.upsert_meeting(**told, place=None if place is None else (place["name"], place["address"]))


class _MeetingFact(Schema):
    meeting_id = Id(required=True)


class _MeetingChange(_MeetingFact):
    by_staff_id = Id(load_default=None, allow_none=True)


@subscriptions.on("nl.houvast.meetings.meeting_scheduled.v1", _MeetingChange)
def on_meeting_scheduled(event: ReceivedEvent) -> None:
    """Whoever takes part is reminded of it in time; who leads it hears when it was off before."""
    groups.remind_members(event.data["meeting_id"])
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
    groups.end_meeting(event.data["meeting_id"])


class _Membership(Schema):
    membership_id = Id(required=True)
    participant_id = Id(required=True)
    group_id = Id(required=True)
    organisation_id = Id(required=True)
    state = fields.String(required=True)
    starts_on = fields.Date(required=True)
    placement_id = Id(required=True, allow_none=True)


@subscriptions.on("nl.houvast.meetings.membership_changed.v1", _Membership)
def on_membership_changed(event: ReceivedEvent) -> None:
    """Somebody takes part, or no longer."""
    told = dict(event.data)
    is_walk_in = told.pop("placement_id") is None
    groups.upsert_membership(**told, is_walk_in=is_walk_in)
