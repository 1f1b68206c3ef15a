"""What is heard of introductory talks, lists to fill in, and people who want to sign in."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.notifications.commands import addresses, appointments
from services.notifications.commands.appointments import Appointment
from services.notifications.subscriptions.registry import (
    Id,
    WallTime,
    Zone,
    event_moment_of,
    opened,
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
    appointments.upsert_talk(Appointment(**event.data), event_at=event_moment_of(event.envelope))


@subscriptions.on("nl.houvast.intake.intro_talk_moved.v1", _Talk)
def on_intro_talk_moved(event: ReceivedEvent) -> None:
    """Whoever was told the old moment hears the new one."""
    appointments.upsert_talk(Appointment(**event.data), event_at=event_moment_of(event.envelope))


class _TalkEnd(Schema):
    talk_id = Id(required=True)
    participant_id = Id(required=True)
    organisation_id = Id(required=True)


@subscriptions.on("nl.houvast.intake.intro_talk_called_off.v1", _TalkEnd)
def on_intro_talk_called_off(event: ReceivedEvent) -> None:
    """Whoever was told of it hears that it is off."""
    appointments.end_talk(**event.data, state="called_off", event_at=event_moment_of(event.envelope))


@subscriptions.on("nl.houvast.intake.intro_talk_held.v1", _TalkEnd)
def on_intro_talk_held(event: ReceivedEvent) -> None:
    """What was still to be said about it comes too late; and somebody has met the person."""
    appointments.end_talk(**event.data, state="over", event_at=event_moment_of(event.envelope))
    addresses.confirm_after_talk(event.data["participant_id"])


@subscriptions.on("nl.houvast.intake.intro_talk_missed.v1", _TalkEnd)
def on_intro_talk_missed(event: ReceivedEvent) -> None:
    """What was still to be said about it comes too late."""
    appointments.end_talk(**event.data, state="over", event_at=event_moment_of(event.envelope))


class _MeasurementOpened(Schema):
    measurement_id = Id(required=True)
    participant_id = Id(required=True)
    organisation_id = Id(required=True)
    expires_at = fields.AwareDateTime(required=True)


@subscriptions.on("nl.houvast.questionnaires.measurement_opened.v1", _MeasurementOpened)
def on_measurement_opened(event: ReceivedEvent) -> None:
    """Somebody may fill in a list."""
    appointments.open_measurement(**event.data)


class _MeasurementEnd(Schema):
    measurement_id = Id(required=True)
    participant_id = Id(required=True)
    organisation_id = Id(required=True)


@subscriptions.on("nl.houvast.questionnaires.measurement_completed.v1", _MeasurementEnd)
def on_measurement_completed(event: ReceivedEvent) -> None:
    """It was filled in."""
    appointments.end_measurement(**event.data, state="completed")


@subscriptions.on("nl.houvast.questionnaires.measurement_expired.v1", _MeasurementEnd)
def on_measurement_expired(event: ReceivedEvent) -> None:
    """Its time is over."""
    appointments.end_measurement(**event.data, state="expired")


@subscriptions.on("nl.houvast.questionnaires.measurement_withdrawn.v1", _MeasurementEnd)
def on_measurement_withdrawn(event: ReceivedEvent) -> None:
    """It was taken back."""
    appointments.end_measurement(**event.data, state="expired")


class _SignIn(Schema):
    sign_in_id = Id(required=True)
    staff_id = Id(required=True)
    expires_at = fields.AwareDateTime(required=True)


class _Secret(Schema):
    secret = fields.String(required=True)


@subscriptions.on("nl.houvast.meetings.sign_in_requested.v1", _SignIn)
def on_sign_in_requested(event: ReceivedEvent) -> None:
    """Somebody sits waiting for a link."""
    appointments.send_sign_in_link(**event.data, **opened(event, _Secret))


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
    appointments.send_access_code(**event.data, **opened(event, _Code))
