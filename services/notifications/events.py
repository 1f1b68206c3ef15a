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
