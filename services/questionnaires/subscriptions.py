"""What questionnaires hears, with just the fields that it needs."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.questionnaires.commands import erasing, replicas
from services.questionnaires.models import service
from shared.messaging.subscriptions import ReceivedEvent, Subscriptions
from shared.security.actor import system

subscriptions = Subscriptions(service.inbox)
_us = system("questionnaires")


class _Organisation(Schema):
    organisation_id = fields.UUID(required=True)
    name = fields.String(required=True)
    permitted_questionnaires = fields.List(fields.String(), required=True)


@subscriptions.on("nl.houvast.meetings.organisation_changed.v1", _Organisation)
def on_organisation_changed(event: ReceivedEvent) -> None:
    """Which lists an organisation may use."""
    replicas.note_organisation(
        _us, organisation_id=str(event.data["organisation_id"]), name=event.data["name"],
        permitted=event.data["permitted_questionnaires"],
    )  # fmt: skip


class _Group(Schema):
    group_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)
    name = fields.String(required=True)
    state = fields.String(required=True)
    questionnaires = fields.List(fields.String(), required=True)


@subscriptions.on("nl.houvast.meetings.group_changed.v1", _Group)
def on_group_changed(event: ReceivedEvent) -> None:
    """Which lists a group chose."""
    replicas.note_group(
        _us, group_id=str(event.data["group_id"]), organisation_id=str(event.data["organisation_id"]),
        name=event.data["name"], state=event.data["state"], chosen=event.data["questionnaires"],
    )  # fmt: skip


class _Membership(Schema):
    membership_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)
    group_id = fields.UUID(required=True)
    participant_id = fields.UUID(required=True)
    state = fields.String(required=True)


@subscriptions.on("nl.houvast.meetings.membership_changed.v1", _Membership)
def on_membership_changed(event: ReceivedEvent) -> None:
    """Who takes part in which group."""
    replicas.note_membership(
        _us, membership_id=str(event.data["membership_id"]), organisation_id=str(event.data["organisation_id"]),
        group_id=str(event.data["group_id"]), participant_id=str(event.data["participant_id"]),
        is_active=event.data["state"] == "active",
    )  # fmt: skip


class _Consent(Schema):
    participant_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)
    purposes = fields.List(fields.String(), required=True)


@subscriptions.on("nl.houvast.intake.consent_changed.v1", _Consent)
def on_consent_changed(event: ReceivedEvent) -> None:
    """Whether somebody may be asked to fill in a list."""
    replicas.note_consent(
        _us, participant_id=str(event.data["participant_id"]), organisation_id=str(event.data["organisation_id"]),
        may_ask="questionnaires" in event.data["purposes"],
    )  # fmt: skip


class _ErasureRequested(Schema):
    participant_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)


@subscriptions.on("nl.houvast.intake.erasure_requested.v1", _ErasureRequested, bypasses_ordering=True)
def on_erasure_requested(event: ReceivedEvent) -> None:
    """Somebody is to be forgotten."""
    erasing.erase(str(event.data["participant_id"]), str(event.data["organisation_id"]))
