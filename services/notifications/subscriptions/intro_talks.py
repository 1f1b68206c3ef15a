"""What is consumed about introductory talks."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.notifications.commands import addresses, intro_talks
from services.notifications.commands.intro_talks import Appointment
from services.notifications.subscriptions.registry import (
    Id,
    WallTime,
    Zone,
    event_moment_of,
    subscriptions,
)
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
    place = fields.String(required=True)


@subscriptions.on("nl.houvast.intake.intro_talk_scheduled.v1", _Talk)
def on_intro_talk_scheduled(event: ReceivedEvent) -> None:
    """Somebody is invited, and reminded in time."""
    intro_talks.upsert_talk(Appointment(**event.data), event_at=event_moment_of(event.envelope))


@subscriptions.on("nl.houvast.intake.intro_talk_moved.v1", _Talk)
def on_intro_talk_moved(event: ReceivedEvent) -> None:
    """Whoever was told the old moment hears the new one."""
    intro_talks.upsert_talk(Appointment(**event.data), event_at=event_moment_of(event.envelope))


class _TalkEnd(Schema):
    talk_id = Id(required=True)
    participant_id = Id(required=True)
    organisation_id = Id(required=True)


@subscriptions.on("nl.houvast.intake.intro_talk_called_off.v1", _TalkEnd)
def on_intro_talk_called_off(event: ReceivedEvent) -> None:
    """Whoever was told of it hears that it is off."""
    intro_talks.end_talk(**event.data, state="called_off", event_at=event_moment_of(event.envelope))


@subscriptions.on("nl.houvast.intake.intro_talk_held.v1", _TalkEnd)
def on_intro_talk_held(event: ReceivedEvent) -> None:
    """What was still to be said about it comes too late; and somebody has met the person."""
    intro_talks.end_talk(**event.data, state="over", event_at=event_moment_of(event.envelope))
    addresses.confirm_after_talk(event.data["participant_id"])


@subscriptions.on("nl.houvast.intake.intro_talk_missed.v1", _TalkEnd)
def on_intro_talk_missed(event: ReceivedEvent) -> None:
    """What was still to be said about it comes too late."""
    intro_talks.end_talk(**event.data, state="over", event_at=event_moment_of(event.envelope))
