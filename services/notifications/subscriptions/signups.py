"""What is consumed about sign-ups."""

from __future__ import annotations

from marshmallow import Schema

from services.notifications.commands import signups
from services.notifications.subscriptions.registry import Id, subscriptions
from shared import clock
from shared.ids import minted_at
from shared.messaging.subscriptions import ReceivedEvent


class _Signup(Schema):
    signup_id = Id(required=True)
    participant_id = Id(required=True)
    organisation_id = Id(required=True)


@subscriptions.on("nl.houvast.intake.signup_received.v1", _Signup)
def on_signup_received(event: ReceivedEvent) -> None:
    # Ids hold the time of the machine, whatever the clock of a demo says.
    signups.confirm_signup(**event.data, age=clock.wall() - minted_at(event.envelope.id))
