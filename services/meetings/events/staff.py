"""The state of a member of staff: roles and groups."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.meetings.events.examples import GROUP, ORGANISATION, STAFF
from shared.messaging.envelope import EventType


class _Grant(Schema):
    organisation_id = fields.UUID(required=True)
    roles = fields.List(fields.String(), required=True)


class _StaffChanged(Schema):
    staff_id = fields.UUID(required=True)
    is_active = fields.Boolean(required=True)
    grants = fields.List(fields.Nested(_Grant), required=True)
    group_ids = fields.List(fields.UUID(), required=True)


STAFF_CHANGED = EventType(
    service="meetings",
    name="staff_changed",
    subject="staff",
    schema=_StaffChanged,
    example={
        "staff_id": STAFF,
        "is_active": True,
        "group_ids": [GROUP],
        "grants": [{"organisation_id": ORGANISATION, "roles": ["facilitator"]}],
    },
    consumers=("intake", "notifications"),
    is_state=True,
    personal={"intake": ("name",), "notifications": ("name", "email")},
)
