"""The events that questionnaires consumes, with just the fields that it needs."""

from __future__ import annotations

from marshmallow import fields

from services.questionnaires.commands import erasure, replicas
from services.questionnaires.models import service
from shared.messaging.subscriptions import EventSchema, ReceivedEvent, Subscriptions, id_field
from shared.security.actor import system

subscriptions = Subscriptions(service.inbox)
_US = system("questionnaires")


class _Organisation(EventSchema):
    organisation_id = id_field()
    name = fields.String(required=True)
    permitted_questionnaires = fields.List(fields.String(), required=True)


@subscriptions.on("nl.houvast.meetings.organisation_changed.v1", _Organisation)
def on_organisation_changed(event: ReceivedEvent) -> None:
    """Upsert the lists that an organisation may use."""
    replicas.upsert_organisation(
        _US,
        organisation_id=event.data["organisation_id"],
        name=event.data["name"],
        permitted=event.data["permitted_questionnaires"],
    )


class _Group(EventSchema):
    group_id = id_field()
    organisation_id = id_field()
    name = fields.String(required=True)
    state = fields.String(required=True)
    questionnaires = fields.List(fields.String(), required=True)


@subscriptions.on("nl.houvast.meetings.group_changed.v1", _Group)
def on_group_changed(event: ReceivedEvent) -> None:
    """Upsert the lists that a group chose."""
    replicas.upsert_group(
        _US,
        group_id=event.data["group_id"],
        organisation_id=event.data["organisation_id"],
        name=event.data["name"],
        state=event.data["state"],
        chosen=event.data["questionnaires"],
    )


class _Membership(EventSchema):
    membership_id = id_field()
    organisation_id = id_field()
    group_id = id_field()
    participant_id = id_field()
    state = fields.String(required=True)


@subscriptions.on("nl.houvast.meetings.membership_changed.v1", _Membership)
def on_membership_changed(event: ReceivedEvent) -> None:
    """Upsert a membership."""
    replicas.upsert_membership(
        _US,
        membership_id=event.data["membership_id"],
        organisation_id=event.data["organisation_id"],
        group_id=event.data["group_id"],
        participant_id=event.data["participant_id"],
        is_active=event.data["state"] == "active",
    )


class _Participant(EventSchema):
    participant_id = id_field()
    organisation_id = id_field()
    language = fields.String(required=True)


@subscriptions.on("nl.houvast.intake.participant_changed.v1", _Participant)
def on_participant_changed(event: ReceivedEvent) -> None:
    """Upsert the language that somebody reads."""
    replicas.upsert_participant(**event.data)


class _Consent(EventSchema):
    participant_id = id_field()
    organisation_id = id_field()
    purposes = fields.List(fields.String(), required=True)


@subscriptions.on("nl.houvast.intake.consent_changed.v1", _Consent)
def on_consent_changed(event: ReceivedEvent) -> None:
    """Upsert whether somebody may be asked to fill in a list."""
    replicas.upsert_consent(
        _US,
        participant_id=event.data["participant_id"],
        organisation_id=event.data["organisation_id"],
        may_ask="questionnaires" in event.data["purposes"],
    )


class _ErasureRequested(EventSchema):
    participant_id = id_field()
    organisation_id = id_field()


@subscriptions.on("nl.houvast.intake.erasure_requested.v1", _ErasureRequested, bypasses_ordering=True)
def on_erasure_requested(event: ReceivedEvent) -> None:
    """Erase somebody."""
    erasure.erase(**event.data)
