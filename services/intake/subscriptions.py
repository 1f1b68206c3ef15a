"""What intake hears: copies of organisations, staff, groups, meetings, members; and answers to its placements."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from services.intake.commands import elsewhere, erasing, placements, replicas
from services.intake.models import service
from shared.errors import GiveUp, Refusal
from shared.ids import minted_at
from shared.messaging.subscriptions import ReceivedEvent, Subscriptions

subscriptions = Subscriptions(service.inbox)


class _Id(fields.UUID):
    """A UUID, as text."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return str(super()._deserialize(value, attr, data, **kwargs))


def _check_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValidationError("no such zone") from None


class _Organisation(Schema):
    organisation_id = _Id(required=True)
    name = fields.String(required=True)
    slug = fields.String(required=True)
    region = fields.String(required=True)


@subscriptions.on("nl.houvast.meetings.organisation_changed.v1", _Organisation)
def on_organisation_changed(said: ReceivedEvent) -> None:
    """Where one can sign up."""
    replicas.keep_organisation(said.data)


class _Grant(Schema):
    class Meta:
        unknown = EXCLUDE

    organisation_id = _Id(required=True)
    roles = fields.List(fields.String(), required=True)


class _Staff(Schema):
    staff_id = _Id(required=True)
    is_active = fields.Boolean(required=True)
    grants = fields.List(fields.Nested(_Grant), required=True)


@subscriptions.on("nl.houvast.meetings.staff_changed.v1", _Staff)
def on_staff_changed(said: ReceivedEvent) -> None:
    """Who may hold a talk, and how they are called."""
    if not isinstance(said.personal.get("name"), str):
        raise GiveUp("staff without a name")
    replicas.keep_staff(said.data, said.personal["name"])


class _Rules(Schema):
    class Meta:
        unknown = EXCLUDE

    audience = fields.String(load_default=None, allow_none=True)
    admission = fields.String(load_default=None, allow_none=True)
    interval_weeks = fields.Integer(load_default=None, allow_none=True)
    max_size = fields.Integer(load_default=None, allow_none=True)
    waiting_list = fields.String(load_default=None, allow_none=True)
    identity = fields.String(load_default=None, allow_none=True)
    language = fields.String(load_default=None, allow_none=True)


class _Venue(Schema):
    class Meta:
        unknown = EXCLUDE

    name = fields.String(required=True)
    area = fields.String(required=True)
    features = fields.List(fields.String(), required=True)


class _Group(Schema):
    group_id = _Id(required=True)
    organisation_id = _Id(required=True)
    name = fields.String(required=True)
    state = fields.String(required=True)
    rules = fields.Nested(_Rules, required=True)
    weekday = fields.Integer(required=True, allow_none=True)
    at = fields.Time(required=True, allow_none=True)
    first_meeting_on = fields.Date(required=True, allow_none=True)
    venue = fields.Nested(_Venue, required=True, allow_none=True)
    themes = fields.List(fields.String(), required=True)
    facilitator_ids = fields.List(_Id(), required=True)


@subscriptions.on("nl.houvast.meetings.group_changed.v1", _Group)
def on_group_changed(said: ReceivedEvent) -> None:
    """Which groups there are to come to, and by which rules."""
    replicas.keep_group(said.data)


class _Meeting(Schema):
    meeting_id = _Id(required=True)
    group_id = _Id(required=True)
    organisation_id = _Id(required=True)
    on = fields.Date(required=True)
    at = fields.Time(required=True)
    zone = fields.String(required=True, validate=_check_zone)
    state = fields.String(required=True)


@subscriptions.on("nl.houvast.meetings.meeting_changed.v1", _Meeting)
def on_meeting_changed(said: ReceivedEvent) -> None:
    """When somebody new may first come."""
    replicas.keep_meeting(said.data)


class _Membership(Schema):
    membership_id = _Id(required=True)
    participant_id = _Id(required=True)
    group_id = _Id(required=True)
    organisation_id = _Id(required=True)
    placement_id = _Id(required=True, allow_none=True)
    state = fields.String(required=True)
    starts_on = fields.Date(required=True)


@subscriptions.on("nl.houvast.meetings.membership_changed.v1", _Membership)
def on_membership_changed(said: ReceivedEvent) -> None:
    """Places that are taken, and the answer yes to a placement."""
    replicas.keep_membership(said.data)


class _PlacementReturned(Schema):
    placement_id = _Id(required=True)
    reason = fields.String(required=True)


@subscriptions.on("nl.houvast.meetings.placement_returned.v1", _PlacementReturned)
def on_placement_returned(said: ReceivedEvent) -> None:
    """The answer no to a placement."""
    placements.take_back_placement(said.data["placement_id"], said.data["reason"])


class _Reachability(Schema):
    participant_id = _Id(required=True)
    organisation_id = _Id(required=True)
    channels = fields.List(fields.String(), required=True)
    refused = fields.List(fields.String(), required=True)


@subscriptions.on("nl.houvast.notifications.reachability_changed.v1", _Reachability)
def on_reachability_changed(said: ReceivedEvent) -> None:
    """Who can be written to, and whose address came back."""
    replicas.keep_reachability(said.data)


class _OptOut(Schema):
    participant_id = _Id(required=True)
    purpose = fields.String(required=True, allow_none=True)


@subscriptions.on("nl.houvast.notifications.opt_out_received.v1", _OptOut)
def on_opt_out_received(said: ReceivedEvent) -> None:
    """Somebody stopped messages from within one."""
    elsewhere.stop_messages(said.data["participant_id"], said.data["purpose"], minted_at(said.envelope.id))


class _WalkIn(Schema):
    participant_id = _Id(required=True)
    organisation_id = _Id(required=True)
    group_id = _Id(required=True)


@subscriptions.on("nl.houvast.meetings.walk_in_registered.v1", _WalkIn)
def on_walk_in_registered(said: ReceivedEvent) -> None:
    """Somebody came along to a group without having signed up."""
    if not isinstance(said.personal.get("call_name"), str):
        raise GiveUp("somebody without a name")
    try:
        elsewhere.welcome_walk_in(**said.data, call_name=said.personal["call_name"])
    except Refusal as wrong:
        raise GiveUp(f"a name that is none: {wrong.code}") from None


class _ErasureCompleted(Schema):
    participant_id = _Id(required=True)
    organisation_id = _Id(required=True)


@subscriptions.on("nl.houvast.meetings.erasure_completed.v1", _ErasureCompleted, bypasses_ordering=True)
@subscriptions.on("nl.houvast.questionnaires.erasure_completed.v1", _ErasureCompleted, bypasses_ordering=True)
@subscriptions.on("nl.houvast.notifications.erasure_completed.v1", _ErasureCompleted, bypasses_ordering=True)
def on_erasure_completed(said: ReceivedEvent) -> None:
    """A service has nothing of somebody any more."""
    erasing.note_answer(**said.data, service=said.envelope.service)
