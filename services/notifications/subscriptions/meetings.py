"""What is consumed about meetings."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from services.notifications.commands import meetings
from services.notifications.commands.meetings import MeetingState
from services.notifications.subscriptions.registry import Id, Venue, WallTime, Zone, subscriptions
from shared.messaging.subscriptions import ReceivedEvent


class _Meeting(Schema):
    group_id = Id(required=True)
    organisation_id = Id(required=True)
    on = fields.Date(required=True)
    at = WallTime(required=True)
    zone = Zone(required=True)
    minutes = fields.Integer(required=True)
    state = fields.String(required=True)
    place = fields.Nested(Venue, required=True, allow_none=True, unknown="exclude")
    substitute_ids = fields.List(Id(), required=True)


class _MeetingChange(_Meeting):
    meeting_id = Id(required=True)
    before = fields.Nested(_Meeting, required=True, allow_none=True, unknown="exclude")
    by_staff_id = Id(load_default=None, allow_none=True)


@subscriptions.on(
    (
        "nl.houvast.meetings.meeting_scheduled.v1",
        "nl.houvast.meetings.meeting_moved.v1",
        "nl.houvast.meetings.meeting_cancelled.v1",
        "nl.houvast.meetings.meeting_took_place.v1",
        "nl.houvast.meetings.meeting_changed.v1",
    ),
    _MeetingChange,
)
def on_meeting_changed(event: ReceivedEvent) -> None:
    before = event.data["before"]
    meetings.upsert_meeting(
        event.data["meeting_id"],
        _state(event.data),
        before=None if before is None else _state(before),
        by_staff_id=event.data["by_staff_id"],
    )


def _state(values: dict[str, Any]) -> MeetingState:
    place = values["place"] or {"name": None, "address": None}
    same = {name: values[name] for name in _Meeting().fields if name != "place"}
    return MeetingState(**same, place_name=place["name"], place_address=place["address"])
