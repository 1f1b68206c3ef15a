"""What is consumed about groups."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.notifications.commands import groups
from services.notifications.subscriptions.registry import Id, Venue, subscriptions
from shared.messaging.subscriptions import ReceivedEvent


class _Group(Schema):
    group_id = Id(required=True)
    organisation_id = Id(required=True)
    name = fields.String(required=True)
    state = fields.String(required=True)
    venue = fields.Nested(Venue, required=True, allow_none=True, unknown="exclude")


@subscriptions.on("nl.houvast.meetings.group_changed.v1", _Group)
def on_group_changed(event: ReceivedEvent) -> None:
    """A group as it is now."""
    values = dict(event.data)
    venue = values.pop("venue")
    groups.upsert_group(**values, place=None if venue is None else (venue["name"], venue["address"]))
