"""What the sign-in service says: organisations, staff, and who wants to come in."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.meetings.events.examples import ACCESS, GROUP, ORGANISATION, PARTICIPANT, SIGN_IN, STAFF
from shared.messaging.envelope import EventType


class _OrganisationChanged(Schema):
    organisation_id = fields.UUID(required=True)
    name = fields.String(required=True)
    slug = fields.String(required=True)
    region = fields.String(required=True)
    permitted_questionnaires = fields.List(fields.String(), required=True)


ORGANISATION_CHANGED = EventType(
    service="meetings",
    name="organisation_changed",
    subject="organisation",
    schema=_OrganisationChanged,
    example={
        "organisation_id": ORGANISATION, "name": "De Kade", "slug": "de-kade", "region": "Lindeveen",
        "permitted_questionnaires": ["nel_kort"],
    },
    consumers=("intake", "questionnaires", "notifications"),
    is_state=True,
)  # fmt: skip


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
        "staff_id": STAFF, "is_active": True, "group_ids": [GROUP],
        "grants": [{"organisation_id": ORGANISATION, "roles": ["facilitator"]}],
    },
    consumers=("intake", "notifications"),
    is_state=True,
    personal={"intake": ("name",), "notifications": ("name", "email")},
)  # fmt: skip


class _SignInRequested(Schema):
    sign_in_id = fields.UUID(required=True)
    staff_id = fields.UUID(required=True)
    expires_at = fields.AwareDateTime(required=True)


SIGN_IN_REQUESTED = EventType(
    service="meetings",
    name="sign_in_requested",
    subject="staff",
    schema=_SignInRequested,
    example={"sign_in_id": SIGN_IN, "staff_id": STAFF, "expires_at": "2026-11-24T18:15:00Z"},
    consumers=("notifications",),
    personal={"notifications": ("secret",)},
)


class _AccessRequested(Schema):
    access_id = fields.UUID(required=True)
    participant_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)
    expires_at = fields.AwareDateTime(required=True)


ACCESS_REQUESTED = EventType(
    service="meetings",
    name="access_requested",
    subject="participant",
    schema=_AccessRequested,
    example={
        "access_id": ACCESS, "participant_id": PARTICIPANT, "organisation_id": ORGANISATION,
        "expires_at": "2026-11-24T18:10:00Z",
    },
    consumers=("notifications",),
    personal={"notifications": ("code",)},
)  # fmt: skip
