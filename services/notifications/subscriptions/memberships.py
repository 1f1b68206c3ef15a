"""What is consumed about who takes part."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.notifications.commands import memberships
from services.notifications.subscriptions.registry import Id, subscriptions
from shared.messaging.subscriptions import ReceivedEvent


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
    values = dict(event.data)
    is_walk_in = values.pop("placement_id") is None
    memberships.upsert_membership(**values, is_walk_in=is_walk_in)
