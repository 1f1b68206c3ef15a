"""What is consumed about people: names, contacts, consents, and who works here."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.notifications.commands import erasure, opt_outs, people
from services.notifications.subscriptions.registry import Id, opened, subscriptions
from shared.messaging.subscriptions import ReceivedEvent


class _Participant(Schema):
    participant_id = Id(required=True)
    organisation_id = Id(required=True)
    language = fields.String(required=True)


class _Called(Schema):
    call_name = fields.String(required=True)


@subscriptions.on("nl.houvast.intake.participant_changed.v1", _Participant)
def on_participant_changed(event: ReceivedEvent) -> None:
    people.upsert_participant(**event.data, **opened(event, _Called))


class _Contact(Schema):
    participant_id = Id(required=True)
    organisation_id = Id(required=True)
    channels = fields.List(fields.String(), required=True)


class _Addresses(Schema):
    email = fields.String(required=True, allow_none=True)
    mobile = fields.String(required=True, allow_none=True)
    may_leave_message = fields.Boolean(required=True)
    phone_is_shared = fields.Boolean(required=True)


@subscriptions.on("nl.houvast.intake.contact_changed.v1", _Contact)
def on_contact_changed(event: ReceivedEvent) -> None:
    people.upsert_contact(**event.data, **opened(event, _Addresses))


class _Consent(Schema):
    participant_id = Id(required=True)
    organisation_id = Id(required=True)
    purposes = fields.List(fields.String(), required=True)


@subscriptions.on("nl.houvast.intake.consent_changed.v1", _Consent)
def on_consent_changed(event: ReceivedEvent) -> None:
    people.upsert_consent(**event.data)
    opt_outs.follow_consent(event.data["participant_id"], event.data["purposes"])


class _Grant(Schema):
    organisation_id = Id(required=True)


class _Staff(Schema):
    staff_id = Id(required=True)
    is_active = fields.Boolean(required=True)
    grants = fields.List(fields.Nested(_Grant, unknown="exclude"), required=True)
    group_ids = fields.List(Id(), load_default=list)


class _Colleague(Schema):
    name = fields.String(required=True)
    email = fields.String(required=True)


@subscriptions.on("nl.houvast.meetings.staff_changed.v1", _Staff)
def on_staff_changed(event: ReceivedEvent) -> None:
    grants = [grant["organisation_id"] for grant in event.data["grants"]]
    people.upsert_staff(
        staff_id=event.data["staff_id"],
        is_active=event.data["is_active"],
        organisation_ids=grants,
        group_ids=event.data["group_ids"],
        **opened(event, _Colleague),
    )


class _Profile(Schema):
    sender_name = fields.String(required=True)
    telephone = fields.String(required=True)
    out_of_hours_telephone = fields.String(required=True)
    answer_within_days = fields.Integer(required=True, allow_none=True)


class _Organisation(Schema):
    organisation_id = Id(required=True)
    name = fields.String(required=True)
    profile = fields.Nested(_Profile, required=True, unknown="exclude")


@subscriptions.on("nl.houvast.meetings.organisation_changed.v1", _Organisation)
def on_organisation_changed(event: ReceivedEvent) -> None:
    profile = event.data["profile"]
    people.upsert_organisation(organisation_id=event.data["organisation_id"], name=event.data["name"], **profile)


class _ErasureRequested(Schema):
    participant_id = Id(required=True)
    organisation_id = Id(required=True)


@subscriptions.on("nl.houvast.intake.erasure_requested.v1", _ErasureRequested, bypasses_ordering=True)
def on_erasure_requested(event: ReceivedEvent) -> None:
    erasure.erase(**event.data)
