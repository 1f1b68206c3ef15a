"""What is heard of people: how they are called, how to reach them, what they say yes to, and who works here."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.notifications.commands import erasing, opt_outs, people
from services.notifications.listeners.ears import Id, ears, opened
from shared.ears import Heard


class _Participant(Schema):
    participant_id = Id(required=True)
    organisation_id = Id(required=True)
    language = fields.String(required=True)


class _Called(Schema):
    call_name = fields.String(required=True)


@ears.hears("nl.houvast.intake.participant_changed.v1", _Participant)
def on_participant_changed(heard: Heard) -> None:
    """How somebody wants to be called."""
    people.note_participant(**heard.data, **opened(heard, _Called))


class _Contact(Schema):
    participant_id = Id(required=True)
    organisation_id = Id(required=True)
    channels = fields.List(fields.String(), required=True)


class _Addresses(Schema):
    email = fields.String(required=True, allow_none=True)
    mobile = fields.String(required=True, allow_none=True)
    may_leave_message = fields.Boolean(required=True)
    phone_is_shared = fields.Boolean(required=True)


@ears.hears("nl.houvast.intake.contact_changed.v1", _Contact)
def on_contact_changed(heard: Heard) -> None:
    """How somebody can be reached."""
    people.note_contact(**heard.data, **opened(heard, _Addresses))


class _Consent(Schema):
    participant_id = Id(required=True)
    organisation_id = Id(required=True)
    purposes = fields.List(fields.String(), required=True)


@ears.hears("nl.houvast.intake.consent_changed.v1", _Consent)
def on_consent_changed(heard: Heard) -> None:
    """What somebody says yes to."""
    people.note_consent(**heard.data)
    opt_outs.follow_consent(heard.data["participant_id"], heard.data["purposes"])


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


@ears.hears("nl.houvast.meetings.staff_changed.v1", _Staff)
def on_staff_changed(heard: Heard) -> None:
    """Somebody who works here."""
    grants = [grant["organisation_id"] for grant in heard.data["grants"]]
    people.note_staff(
        staff_id=heard.data["staff_id"], is_active=heard.data["is_active"], organisation_ids=grants,
        group_ids=heard.data["group_ids"], **opened(heard, _Colleague),
    )  # fmt: skip


class _Organisation(Schema):
    organisation_id = Id(required=True)
    name = fields.String(required=True)


@ears.hears("nl.houvast.meetings.organisation_changed.v1", _Organisation)
def on_organisation_changed(heard: Heard) -> None:
    """How an organisation is called."""
    people.note_organisation(**heard.data)


class _ErasureRequested(Schema):
    participant_id = Id(required=True)
    organisation_id = Id(required=True)


@ears.hears("nl.houvast.intake.erasure_requested.v1", _ErasureRequested, tells_of_erasing=True)
def on_erasure_requested(heard: Heard) -> None:
    """Somebody is to be forgotten."""
    erasing.erase(**heard.data)
