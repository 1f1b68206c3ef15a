"""What is consumed about introductory talks."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.notifications.commands import intro_talks
from services.notifications.commands.intro_talks import Appointment
from services.notifications.subscriptions.registry import Id, WallTime, Zone, opened, subscriptions
from shared.messaging.subscriptions import ReceivedEvent


class _Talk(Schema):
    talk_id = Id(required=True)
    participant_id = Id(required=True)
    organisation_id = Id(required=True)
    host_staff_id = Id(required=True)
    on = fields.Date(required=True)
    at = WallTime(required=True)
    zone = Zone(required=True)
    minutes = fields.Integer(required=True)
    form = fields.String(required=True)
    state = fields.String(required=True)


class _Place(Schema):
    place = fields.String(required=True)


@subscriptions.on(
    (
        "nl.houvast.intake.intro_talk_scheduled.v1",
        "nl.houvast.intake.intro_talk_moved.v1",
        "nl.houvast.intake.intro_talk_called_off.v1",
        "nl.houvast.intake.intro_talk_held.v1",
        "nl.houvast.intake.intro_talk_missed.v1",
    ),
    _Talk,
)
def on_intro_talk_changed(event: ReceivedEvent) -> None:
    agreed = dict(event.data)
    talk_id, state = agreed.pop("talk_id"), agreed.pop("state")
    intro_talks.upsert_talk(talk_id, Appointment(**agreed, **opened(event, _Place)), state)
