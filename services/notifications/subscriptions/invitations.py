"""What is consumed about colleagues who are invited."""

from __future__ import annotations

from marshmallow import Schema

from services.notifications.commands import invitations
from services.notifications.subscriptions.registry import Id, subscriptions
from shared.messaging.subscriptions import ReceivedEvent


class _Invitation(Schema):
    invitation_id = Id(required=True)
    staff_id = Id(required=True)
    organisation_id = Id(required=True)
    invited_by_staff_id = Id(required=True)


@subscriptions.on("nl.houvast.meetings.staff_invited.v1", _Invitation)
def on_staff_invited(event: ReceivedEvent) -> None:
    invitations.invite_colleague(**event.data)
