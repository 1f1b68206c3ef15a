"""What notifications says: who can be reached, never what was written or to which address."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from shared.envelope import EventKind

_ORGANISATION = "01990000-0000-7000-8000-000000000001"
_PARTICIPANT = "01990000-0000-7000-8000-000000000006"


class _ReachabilityChanged(Schema):
    participant_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)
    channels = fields.List(fields.String(validate=validate.OneOf(["email", "sms"])), required=True)
    refused = fields.List(fields.String(validate=validate.OneOf(["email", "sms"])), required=True)


REACHABILITY_CHANGED = EventKind(
    service="notifications",
    name="reachability_changed",
    subject="participant",
    schema=_ReachabilityChanged,
    example={
        "participant_id": _PARTICIPANT, "organisation_id": _ORGANISATION, "channels": [], "refused": ["email"],
    },
    readers=("intake", "meetings"),
    is_state=True,
)  # fmt: skip

SAID = (REACHABILITY_CHANGED,)
