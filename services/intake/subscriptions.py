"""The events that intake consumes: replicas of other services' state, answers to placements, and opt-outs."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from marshmallow import ValidationError, fields

from services.intake.commands import erasure, people, placements, replicas, signups
from services.intake.models import service
from shared.errors import GiveUp, Refusal
from shared.ids import IdText, minted_at
from shared.local_time import LocalTime
from shared.messaging.subscriptions import EventSchema, ReceivedEvent, Subscriptions, id_field

subscriptions = Subscriptions(service.inbox)


def _check_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValidationError("no such zone") from None


class _Profile(EventSchema):
    about = fields.String(required=True)
    telephone = fields.String(required=True)
    email = fields.String(required=True)
    address = fields.String(required=True)
    opening_hours = fields.String(required=True)
    website = fields.String(required=True)
    out_of_hours_telephone = fields.String(required=True)
    participants_word = fields.String(required=True)
    reporting = fields.String(required=True)
    answer_within_days = fields.Integer(required=True, allow_none=True)
    colour = fields.String(required=True)


class _Organisation(EventSchema):
    organisation_id = id_field()
    name = fields.String(required=True)
    slug = fields.String(required=True)
    region = fields.String(required=True)
    profile = fields.Nested(_Profile, required=True)


@subscriptions.on("nl.houvast.meetings.organisation_changed.v1", _Organisation)
def on_organisation_changed(event: ReceivedEvent) -> None:
    """Keep where one can sign up, and what is said there."""
    replicas.upsert_organisation(event.data)


class _Grant(EventSchema):
    organisation_id = id_field()
    roles = fields.List(fields.String(), required=True)


class _Staff(EventSchema):
    staff_id = id_field()
    is_active = fields.Boolean(required=True)
    grants = fields.List(fields.Nested(_Grant), required=True)


@subscriptions.on("nl.houvast.meetings.staff_changed.v1", _Staff)
def on_staff_changed(event: ReceivedEvent) -> None:
    """Keep who may hold a talk, and how they are called."""
    if not isinstance(event.personal.get("name"), str):
        raise GiveUp("staff without a name")
    replicas.upsert_staff(event.data, event.personal["name"])


class _Rules(EventSchema):
    audience = fields.String(load_default=None, allow_none=True)
    admission = fields.String(load_default=None, allow_none=True)
    interval_weeks = fields.Integer(load_default=None, allow_none=True)
    max_size = fields.Integer(load_default=None, allow_none=True)
    identity = fields.String(load_default=None, allow_none=True)
    language = fields.String(load_default=None, allow_none=True)


class _Venue(EventSchema):
    name = fields.String(required=True)
    address = fields.String(load_default="")
    area = fields.String(required=True)
    features = fields.List(fields.String(), required=True)


class _Group(EventSchema):
    group_id = id_field()
    organisation_id = id_field()
    name = fields.String(required=True)
    state = fields.String(required=True)
    rules = fields.Nested(_Rules, required=True)
    weekday = fields.Integer(required=True, allow_none=True)
    at = LocalTime(required=True, allow_none=True)
    first_meeting_on = fields.Date(required=True, allow_none=True)
    venue = fields.Nested(_Venue, required=True, allow_none=True)
    themes = fields.List(fields.String(), required=True)
    facilitator_ids = fields.List(IdText(), required=True)


@subscriptions.on("nl.houvast.meetings.group_changed.v1", _Group)
def on_group_changed(event: ReceivedEvent) -> None:
    """Keep which groups there are to come to, and by which rules."""
    replicas.upsert_group(event.data)


class _Meeting(EventSchema):
    meeting_id = id_field()
    group_id = id_field()
    organisation_id = id_field()
    on = fields.Date(required=True)
    at = LocalTime(required=True)
    zone = fields.String(required=True, validate=_check_zone)
    state = fields.String(required=True)


@subscriptions.on(
    (
        "nl.houvast.meetings.meeting_scheduled.v1",
        "nl.houvast.meetings.meeting_moved.v1",
        "nl.houvast.meetings.meeting_cancelled.v1",
        "nl.houvast.meetings.meeting_took_place.v1",
        "nl.houvast.meetings.meeting_changed.v1",
    ),
    _Meeting,
)
def on_meeting_changed(event: ReceivedEvent) -> None:
    """Keep when somebody new may first come."""
    replicas.upsert_meeting(event.data)


class _Membership(EventSchema):
    membership_id = id_field()
    participant_id = id_field()
    group_id = id_field()
    organisation_id = id_field()
    placement_id = id_field(allow_none=True)
    state = fields.String(required=True)
    starts_on = fields.Date(required=True)


@subscriptions.on("nl.houvast.meetings.membership_changed.v1", _Membership)
def on_membership_changed(event: ReceivedEvent) -> None:
    """Keep which places are taken, and take the answer yes to a placement."""
    replicas.upsert_membership(event.data)


class _PlacementReturned(EventSchema):
    placement_id = id_field()
    reason = fields.String(required=True)


@subscriptions.on("nl.houvast.meetings.placement_returned.v1", _PlacementReturned)
def on_placement_returned(event: ReceivedEvent) -> None:
    """Take the answer no to a placement."""
    placements.take_back_placement(event.data["placement_id"], event.data["reason"])


class _Reachability(EventSchema):
    participant_id = id_field()
    organisation_id = id_field()
    channels = fields.List(fields.String(), required=True)
    refused = fields.List(fields.String(), required=True)


@subscriptions.on("nl.houvast.notifications.reachability_changed.v1", _Reachability)
def on_reachability_changed(event: ReceivedEvent) -> None:
    """Keep who can be written to, and whose address came back."""
    replicas.upsert_reachability(event.data)


class _Delivery(EventSchema):
    message_id = id_field()
    organisation_id = id_field()
    message_type = fields.String(required=True, data_key="kind")
    cause = fields.String(required=True, allow_none=True)


class _TalkDelivery(_Delivery):
    talk_id = id_field()


class _MemberDelivery(_Delivery):
    membership_id = id_field()
    meeting_id = id_field(allow_none=True)


@subscriptions.on("nl.houvast.notifications.talk_delivery_changed.v1", _TalkDelivery)
def on_talk_delivery_changed(event: ReceivedEvent) -> None:
    """Keep whether a message about a talk asks for a person."""
    replicas.upsert_delivery(event.data)


@subscriptions.on("nl.houvast.notifications.member_delivery_changed.v1", _MemberDelivery)
def on_member_delivery_changed(event: ReceivedEvent) -> None:
    """Keep whether a message about taking part asks for a person."""
    replicas.upsert_delivery(event.data)


class _OptOut(EventSchema):
    participant_id = id_field()
    purpose = fields.String(required=True, allow_none=True)


@subscriptions.on("nl.houvast.notifications.opt_out_received.v1", _OptOut)
def on_opt_out_received(event: ReceivedEvent) -> None:
    """Take back the consents of somebody who stopped messages from within one."""
    people.stop_messages(event.data["participant_id"], event.data["purpose"], minted_at(event.envelope.id))


class _WalkIn(EventSchema):
    participant_id = id_field()
    organisation_id = id_field()
    group_id = id_field()


@subscriptions.on("nl.houvast.meetings.walk_in_registered.v1", _WalkIn)
def on_walk_in_registered(event: ReceivedEvent) -> None:
    """Register somebody who came along to a group without having signed up."""
    if not isinstance(event.personal.get("call_name"), str):
        raise GiveUp("somebody without a name")
    try:
        signups.welcome_walk_in(**event.data, call_name=event.personal["call_name"])
    except Refusal as refusal:
        raise GiveUp(f"not a name: {refusal.code}") from None


class _ErasureCompleted(EventSchema):
    participant_id = id_field()
    organisation_id = id_field()


@subscriptions.on("nl.houvast.meetings.erasure_completed.v1", _ErasureCompleted, bypasses_ordering=True)
@subscriptions.on("nl.houvast.questionnaires.erasure_completed.v1", _ErasureCompleted, bypasses_ordering=True)
@subscriptions.on("nl.houvast.notifications.erasure_completed.v1", _ErasureCompleted, bypasses_ordering=True)
def on_erasure_completed(event: ReceivedEvent) -> None:
    """Record that a service has nothing of somebody any more."""
    erasure.record_answer(**event.data, service=event.envelope.service)
