"""What questionnaires hears, with just the fields that it needs."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.questionnaires.commands import erasing, hearing
from services.questionnaires.models import house
from shared.auth.actor import system
from shared.ears import Ears, Heard

ears = Ears(house.inbox)
_us = system("questionnaires")


class _Organisation(Schema):
    organisation_id = fields.UUID(required=True)
    name = fields.String(required=True)
    permitted_questionnaires = fields.List(fields.String(), required=True)


@ears.hears("nl.houvast.meetings.organisation_changed.v1", _Organisation)
def on_organisation_changed(heard: Heard) -> None:
    """Which lists an organisation may use."""
    hearing.note_organisation(
        _us, organisation_id=str(heard.data["organisation_id"]), name=heard.data["name"],
        permitted=heard.data["permitted_questionnaires"],
    )  # fmt: skip


class _Group(Schema):
    group_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)
    name = fields.String(required=True)
    state = fields.String(required=True)
    questionnaires = fields.List(fields.String(), required=True)


@ears.hears("nl.houvast.meetings.group_changed.v1", _Group)
def on_group_changed(heard: Heard) -> None:
    """Which lists a group chose."""
    hearing.note_group(
        _us, group_id=str(heard.data["group_id"]), organisation_id=str(heard.data["organisation_id"]),
        name=heard.data["name"], state=heard.data["state"], chosen=heard.data["questionnaires"],
    )  # fmt: skip


class _Membership(Schema):
    membership_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)
    group_id = fields.UUID(required=True)
    participant_id = fields.UUID(required=True)
    state = fields.String(required=True)


@ears.hears("nl.houvast.meetings.membership_changed.v1", _Membership)
def on_membership_changed(heard: Heard) -> None:
    """Who takes part in which group."""
    hearing.note_membership(
        _us, membership_id=str(heard.data["membership_id"]), organisation_id=str(heard.data["organisation_id"]),
        group_id=str(heard.data["group_id"]), participant_id=str(heard.data["participant_id"]),
        is_active=heard.data["state"] == "active",
    )  # fmt: skip


class _Consent(Schema):
    participant_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)
    purposes = fields.List(fields.String(), required=True)


@ears.hears("nl.houvast.intake.consent_changed.v1", _Consent)
def on_consent_changed(heard: Heard) -> None:
    """Whether somebody may be asked to fill in a list."""
    hearing.note_consent(
        _us, participant_id=str(heard.data["participant_id"]), organisation_id=str(heard.data["organisation_id"]),
        may_ask="questionnaires" in heard.data["purposes"],
    )  # fmt: skip


class _ErasureRequested(Schema):
    participant_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)


@ears.hears("nl.houvast.intake.erasure_requested.v1", _ErasureRequested, tells_of_erasing=True)
def on_erasure_requested(heard: Heard) -> None:
    """Somebody is to be forgotten."""
    erasing.erase(str(heard.data["participant_id"]), str(heard.data["organisation_id"]))
