"""What meetings consumes: call names, consents, reachability, sign-ups, talks, placements and erasures."""

from __future__ import annotations

from marshmallow import fields

from services.meetings.commands import deliveries, erasure, replicas
from services.meetings.commands.memberships import join_group, withdraw_membership
from services.meetings.models import service
from services.meetings.queries.participants import is_known
from shared.errors import GiveUp, TryLater
from shared.local_time import LocalTime
from shared.messaging.subscriptions import EventSchema, ReceivedEvent, Subscriptions, id_field
from shared.security.actor import system

subscriptions = Subscriptions(service.inbox)
_US = system("meetings")


class _Participant(EventSchema):
    participant_id = id_field()
    organisation_id = id_field()


class _CalledParticipant(_Participant):
    language = fields.String(required=True)


@subscriptions.on("nl.houvast.intake.participant_changed.v1", _CalledParticipant)
def on_participant_changed(event: ReceivedEvent) -> None:
    """Upsert somebody's call name and language."""
    if not event.personal.get("call_name"):
        raise GiveUp("no call name in it for us")
    replicas.upsert_participant(**event.data, call_name=str(event.personal["call_name"]))


class _Reachability(_Participant):
    channels = fields.List(fields.String(), required=True)
    for_changes = fields.List(fields.String(), load_default=None)  # missing in older events


@subscriptions.on("nl.houvast.notifications.reachability_changed.v1", _Reachability)
def on_reachability_changed(event: ReceivedEvent) -> None:
    """Upsert whether a change of a meeting reaches somebody."""
    data = dict(event.data)
    for_changes = data.pop("for_changes")
    replicas.upsert_reachability(**data | ({} if for_changes is None else {"channels": for_changes}))


class _Consents(_Participant):
    purposes = fields.List(fields.String(), required=True)


@subscriptions.on("nl.houvast.intake.consent_changed.v1", _Consents)
def on_consent_changed(event: ReceivedEvent) -> None:
    """Upsert whether somebody may be called after a missed meeting."""
    replicas.upsert_consents(**event.data)


class _Placed(EventSchema):
    placement_id = id_field()
    signup_id = id_field()
    participant_id = id_field()
    group_id = id_field()
    organisation_id = id_field()
    starts_on = fields.Date(required=True)


@subscriptions.on("nl.houvast.intake.participant_placed.v1", _Placed)
def on_participant_placed(event: ReceivedEvent) -> None:
    """Make the membership, or return the placement; TryLater until the person's call name is known."""
    data = event.data
    if not is_known(data["participant_id"]):
        raise TryLater("the participant is not known yet")
    membership_id = join_group(
        _US,
        placement_id=data["placement_id"],
        participant_id=data["participant_id"],
        group_id=data["group_id"],
        starts_on=data["starts_on"],
        request_id=event.envelope.id,
    )
    replicas.upsert_placed_signup(
        signup_id=data["signup_id"],
        organisation_id=data["organisation_id"],
        returned_by=None if membership_id else data["group_id"],
    )


class _PlacementWithdrawn(EventSchema):
    placement_id = id_field()


@subscriptions.on("nl.houvast.intake.placement_withdrawn.v1", _PlacementWithdrawn)
def on_placement_withdrawn(event: ReceivedEvent) -> None:
    """End the membership of a placement that was taken back."""
    withdraw_membership(event.data["placement_id"])


class _Signup(EventSchema):
    signup_id = id_field()
    organisation_id = id_field()


class _SignupReceived(_Signup):
    participant_id = id_field()


@subscriptions.on("nl.houvast.intake.signup_received.v1", _SignupReceived)
def on_signup_received(event: ReceivedEvent) -> None:
    """Upsert a sign-up that waits for a talk."""
    replicas.upsert_signup(**event.data)


@subscriptions.on("nl.houvast.intake.signup_closed.v1", _Signup)
def on_signup_closed(event: ReceivedEvent) -> None:
    """Upsert a sign-up as closed."""
    replicas.upsert_closed_signup(**event.data)


class _Talk(_Signup):
    talk_id = id_field()
    host_staff_id = id_field()
    on = fields.Date(required=True)
    at = LocalTime(required=True)
    zone = fields.String(required=True)
    minutes = fields.Integer(required=True)
    state = fields.String(required=True)


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
    """Upsert a talk: held, the sign-up waits for a placement; called off or missed, it waits again."""
    replicas.upsert_talk(**event.data)


class _Delivery(EventSchema):
    message_id = id_field()
    organisation_id = id_field()
    message_type = fields.String(required=True, data_key="kind")
    cause = fields.String(required=True, allow_none=True)
    is_informed = fields.Boolean(required=True)


class _TalkDelivery(_Delivery):
    talk_id = id_field()


class _MemberDelivery(_Delivery):
    membership_id = id_field()
    meeting_id = id_field(allow_none=True)


@subscriptions.on("nl.houvast.notifications.talk_delivery_changed.v1", _TalkDelivery)
def on_talk_delivery_changed(event: ReceivedEvent) -> None:
    """Upsert whether a message about a talk asks for a person."""
    deliveries.upsert_delivery(**event.data)


@subscriptions.on("nl.houvast.notifications.member_delivery_changed.v1", _MemberDelivery)
def on_member_delivery_changed(event: ReceivedEvent) -> None:
    """Upsert whether a message to a member asks for a person."""
    deliveries.upsert_delivery(**event.data)


@subscriptions.on("nl.houvast.intake.erasure_requested.v1", _Participant, bypasses_ordering=True)
def on_erasure_requested(event: ReceivedEvent) -> None:
    """Erase somebody."""
    erasure.erase(**event.data)
