"""What is consumed about people who want to sign in or to see their own page."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.notifications.commands import sign_in
from services.notifications.subscriptions.registry import (
    Id,
    opened,
    subscriptions,
)
from shared.messaging.subscriptions import ReceivedEvent


class _SignIn(Schema):
    sign_in_id = Id(required=True)
    staff_id = Id(required=True)
    expires_at = fields.AwareDateTime(required=True)


class _Secret(Schema):
    secret = fields.String(required=True)


@subscriptions.on("nl.houvast.meetings.sign_in_requested.v1", _SignIn)
def on_sign_in_requested(event: ReceivedEvent) -> None:
    """Somebody sits waiting for a link."""
    sign_in.send_sign_in_link(**event.data, **opened(event, _Secret))


class _Access(Schema):
    access_id = Id(required=True)
    participant_id = Id(required=True)
    organisation_id = Id(required=True)
    expires_at = fields.AwareDateTime(required=True)


class _Code(Schema):
    code = fields.String(required=True)


@subscriptions.on("nl.houvast.meetings.access_requested.v1", _Access)
def on_access_requested(event: ReceivedEvent) -> None:
    """Somebody sits waiting for a code."""
    sign_in.send_access_code(**event.data, **opened(event, _Code))
