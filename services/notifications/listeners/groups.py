"""What is heard of groups, their meetings and who takes part."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.notifications.commands import changes, groups
from services.notifications.listeners.ears import Id, WallTime, Zone, ears, said_at
from shared.ears import Heard


class _Venue(Schema):
    name = fields.String(required=True)
    address = fields.String(required=True)


class _Group(Schema):
    group_id = Id(required=True)
    organisation_id = Id(required=True)
    name = fields.String(required=True)
    state = fields.String(required=True)
    venue = fields.Nested(_Venue, required=True, allow_none=True, unknown="exclude")


@ears.hears("nl.houvast.meetings.group_changed.v1", _Group)
def on_group_changed(heard: Heard) -> None:
    """A group as it is now."""
    told = dict(heard.data)
    venue = told.pop("venue")
    groups.note_group(**told, place=None if venue is None else (venue["name"], venue["address"]))


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


@ears.hears("nl.houvast.meetings.meeting_changed.v1", _Meeting)
def on_meeting_changed(heard: Heard) -> None:
    """A meeting as it is now."""
    told = dict(heard.data)
    place = told.pop("place")
    groups.note_meeting(**told, place=None if place is None else (place["name"], place["address"]))


class _MeetingFact(Schema):
    meeting_id = Id(required=True)


class _MeetingChange(_MeetingFact):
    by_staff_id = Id(load_default=None, allow_none=True)


@ears.hears("nl.houvast.meetings.meeting_scheduled.v1", _MeetingChange)
def on_meeting_scheduled(heard: Heard) -> None:
    """Whoever takes part is reminded of it in time; who leads it hears when it was off before."""
    groups.remind_members(heard.data["meeting_id"])
    changes.tell_leaders_that_it_goes_on(**heard.data, told_by=said_at(heard.letter))


class _MeetingMoved(_MeetingChange):
    old_on = fields.Date(required=True)
    old_at = WallTime(required=True)


@ears.hears("nl.houvast.meetings.meeting_moved.v1", _MeetingMoved)
def on_meeting_moved(heard: Heard) -> None:
    """Whoever would come at the old moment hears the new one; who leads it too."""
    changes.tell_of_move(**heard.data, told_by=said_at(heard.letter))


@ears.hears("nl.houvast.meetings.meeting_cancelled.v1", _MeetingChange)
def on_meeting_cancelled(heard: Heard) -> None:
    """Whoever would come hears that it does not go on; who leads it too."""
    changes.tell_of_cancellation(**heard.data, told_by=said_at(heard.letter))


@ears.hears("nl.houvast.meetings.meeting_took_place.v1", _MeetingFact)
def on_meeting_took_place(heard: Heard) -> None:
    """What was still to be said about it comes too late."""
    groups.end_meeting(heard.data["meeting_id"])


class _Membership(Schema):
    membership_id = Id(required=True)
    participant_id = Id(required=True)
    group_id = Id(required=True)
    organisation_id = Id(required=True)
    state = fields.String(required=True)
    starts_on = fields.Date(required=True)
    placement_id = Id(required=True, allow_none=True)


@ears.hears("nl.houvast.meetings.membership_changed.v1", _Membership)
def on_membership_changed(heard: Heard) -> None:
    """Somebody takes part, or no longer."""
    told = dict(heard.data)
    is_walk_in = told.pop("placement_id") is None
    groups.note_membership(**told, is_walk_in=is_walk_in)
