"""The state of a member of staff: roles and groups; and that somebody was invited."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.meetings.events.examples import GROUP, INVITATION, ORGANISATION, OTHER_STAFF, STAFF
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


class _StaffInvited(Schema):
    invitation_id = fields.UUID(required=True)
    staff_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)
    invited_by_staff_id = fields.UUID(required=True)


STAFF_INVITED = EventType(
    service="meetings",
    name="staff_invited",
    subject="staff",
    schema=_StaffInvited,
    example={
        "invitation_id": INVITATION,
        "staff_id": STAFF,
        "organisation_id": ORGANISATION,
        "invited_by_staff_id": OTHER_STAFF,
    },
    consumers=("notifications",),
)
