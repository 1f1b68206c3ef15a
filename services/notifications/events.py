"""What notifications publishes: who can be reached, never what was written or to which address."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from shared.messaging.envelope import EventType

_ORGANISATION = "01990000-0000-7000-8000-000000000001"
_PARTICIPANT = "01990000-0000-7000-8000-000000000006"


class _ReachabilityChanged(Schema):
    participant_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)
    channels = fields.List(fields.String(validate=validate.OneOf(["email", "sms"])), required=True)
    refused = fields.List(fields.String(validate=validate.OneOf(["email", "sms"])), required=True)
    # By which of these a change of what they count on may go: none for who stopped everything, nor for an address
    # that is not known to be theirs.
    for_changes = fields.List(fields.String(validate=validate.OneOf(["email", "sms"])), required=True)


REACHABILITY_CHANGED = EventType(
    service="notifications",
    name="reachability_changed",
    subject="reachability",
    schema=_ReachabilityChanged,
    example={
        "participant_id": _PARTICIPANT,
        "organisation_id": _ORGANISATION,
        "channels": [],
        "refused": ["email"],
        "for_changes": [],
    },
    consumers=("intake", "meetings"),
    is_state=True,
)


# Why a person has to do what a message could not, and with that what helps.
CAUSES = ("address", "word", "unwanted", "too_late", "not_sent", "unknown")


class _DeliveryChanged(Schema):
    """What became of one message. cause: why it asks for a person, null when it does not (any more)."""

    message_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)
    kind = fields.String(required=True)
    cause = fields.String(required=True, allow_none=True, validate=validate.OneOf(CAUSES))
    # Whether a person passed it on, so that nobody has to any more.
    is_informed = fields.Boolean(required=True)


class _TalkDeliveryChanged(_DeliveryChanged):
    talk_id = fields.UUID(required=True)


class _MemberDeliveryChanged(_DeliveryChanged):
    membership_id = fields.UUID(required=True)
    # The meeting that it is about; null when it is about taking part.
    meeting_id = fields.UUID(required=True, allow_none=True)


_MESSAGE = {
    "message_id": "01990000-0000-7000-8000-00000000000c",
    "organisation_id": _ORGANISATION,
    "kind": "intro_talk_invitation",
    "cause": "too_late",
    "is_informed": False,
}
TALK_DELIVERY_CHANGED = EventType(
    service="notifications",
    name="talk_delivery_changed",
    subject="intro_talk",
    schema=_TalkDeliveryChanged,
    example=_MESSAGE | {"talk_id": "01990000-0000-7000-8000-00000000000a"},
    consumers=("intake", "meetings"),
)
MEMBER_DELIVERY_CHANGED = EventType(
    service="notifications",
    name="member_delivery_changed",
    subject="membership",
    schema=_MemberDeliveryChanged,
    example=_MESSAGE
    | {
        "kind": "meeting_moved",
        "cause": "address",
        "membership_id": "01990000-0000-7000-8000-000000000005",
        "meeting_id": "01990000-0000-7000-8000-000000000004",
    },
    consumers=("intake", "meetings"),
)


class _OptOutReceived(Schema):
    """What somebody does not want any more: one purpose, or every message that is not an answer (null)."""

    participant_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)
    purpose = fields.String(
        required=True, allow_none=True, validate=validate.OneOf(["reminders", "questionnaires", "missed_you"])
    )


OPT_OUT_RECEIVED = EventType(
    service="notifications",
    name="opt_out_received",
    subject="participant",
    schema=_OptOutReceived,
    example={"participant_id": _PARTICIPANT, "organisation_id": _ORGANISATION, "purpose": "reminders"},
    consumers=("intake",),
)


class _ErasureCompleted(Schema):
    participant_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)


ERASURE_COMPLETED = EventType(
    service="notifications",
    name="erasure_completed",
    subject="participant",
    schema=_ErasureCompleted,
    example={"participant_id": _PARTICIPANT, "organisation_id": _ORGANISATION},
    consumers=("intake",),
)
