"""What meetings says."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from shared.envelope import EventKind

_ORGANISATION = "01990000-0000-7000-8000-000000000001"
_STAFF = "01990000-0000-7000-8000-000000000002"
_GROUP = "01990000-0000-7000-8000-000000000003"
_MEETING = "01990000-0000-7000-8000-000000000004"
_MEMBERSHIP = "01990000-0000-7000-8000-000000000005"
_PARTICIPANT = "01990000-0000-7000-8000-000000000006"
_PLACEMENT = "01990000-0000-7000-8000-000000000007"
_SIGN_IN = "01990000-0000-7000-8000-000000000008"


class _OrganisationChanged(Schema):
    organisation_id = fields.UUID(required=True)
    name = fields.String(required=True)
    slug = fields.String(required=True)
    region = fields.String(required=True)
    permitted_questionnaires = fields.List(fields.String(), required=True)


ORGANISATION_CHANGED = EventKind(
    service="meetings",
    name="organisation_changed",
    subject="organisation",
    schema=_OrganisationChanged,
    example={
        "organisation_id": _ORGANISATION, "name": "De Kade", "slug": "de-kade", "region": "Lindeveen",
        "permitted_questionnaires": ["nel_kort"],
    },
    readers=("intake", "questionnaires", "notifications"),
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


STAFF_CHANGED = EventKind(
    service="meetings",
    name="staff_changed",
    subject="staff",
    schema=_StaffChanged,
    example={
        "staff_id": _STAFF, "is_active": True, "group_ids": [_GROUP],
        "grants": [{"organisation_id": _ORGANISATION, "roles": ["facilitator"]}],
    },
    readers=("intake", "notifications"),
    is_state=True,
    personal={"intake": ("name",), "notifications": ("name", "email")},
)  # fmt: skip


class _SignInRequested(Schema):
    sign_in_id = fields.UUID(required=True)
    staff_id = fields.UUID(required=True)
    expires_at = fields.AwareDateTime(required=True)


SIGN_IN_REQUESTED = EventKind(
    service="meetings",
    name="sign_in_requested",
    subject="staff",
    schema=_SignInRequested,
    example={"sign_in_id": _SIGN_IN, "staff_id": _STAFF, "expires_at": "2026-11-24T18:15:00Z"},
    readers=("notifications",),
    personal={"notifications": ("secret",)},
)


class _Venue(Schema):
    name = fields.String(required=True)
    address = fields.String(required=True)
    area = fields.String(required=True)
    features = fields.List(fields.String(), required=True)


class _GroupChanged(Schema):
    group_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(["preparing", "running", "paused", "ended"]))
    rules = fields.Dict(required=True)
    weekday = fields.Integer(required=True, allow_none=True)
    at = fields.String(required=True, allow_none=True)
    minutes = fields.Integer(required=True, allow_none=True)
    first_meeting_on = fields.Date(required=True, allow_none=True)
    venue = fields.Nested(_Venue, required=True, allow_none=True)
    themes = fields.List(fields.String(), required=True)
    questionnaires = fields.List(fields.String(), required=True)
    facilitator_ids = fields.List(fields.UUID(), required=True)


GROUP_CHANGED = EventKind(
    service="meetings",
    name="group_changed",
    subject="group",
    schema=_GroupChanged,
    example={
        "group_id": _GROUP, "organisation_id": _ORGANISATION, "name": "Dinsdaggroep",
        "kind": "recovery_workgroup", "state": "running", "weekday": 1, "at": "19:30", "minutes": 120,
        "first_meeting_on": "2026-11-24", "themes": ["minder alleen zijn"], "questionnaires": ["nel_kort"],
        "facilitator_ids": [_STAFF],
        "rules": {
            "audience": "own", "admission": "rolling", "interval_weeks": None, "max_size": 8,
            "waiting_list": "allowed", "identity": "name", "language": "nl",
        },
        "venue": {"name": "Buurthuis De Brug", "address": "Brugstraat 1, Lindeveen", "area": "3412",
                  "features": ["wheelchair"]},
    },
    readers=("intake", "questionnaires", "notifications"),
    is_state=True,
)  # fmt: skip


class _MeetingChanged(Schema):
    meeting_id = fields.UUID(required=True)
    group_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)
    kind = fields.String(required=True)
    on = fields.Date(required=True)
    at = fields.String(required=True)
    zone = fields.String(required=True)
    minutes = fields.Integer(required=True)
    state = fields.String(
        required=True, validate=validate.OneOf(["planned", "cancelled", "took_place", "did_not_take_place"])
    )


_MEETING_STATE = {
    "meeting_id": _MEETING, "group_id": _GROUP, "organisation_id": _ORGANISATION, "kind": "regular",
    "on": "2026-11-24", "at": "19:30", "zone": "Europe/Amsterdam", "minutes": 120, "state": "planned",
}  # fmt: skip

MEETING_CHANGED = EventKind(
    service="meetings",
    name="meeting_changed",
    subject="meeting",
    schema=_MeetingChanged,
    example=_MEETING_STATE,
    readers=("intake", "notifications"),
    is_state=True,
)


class _MeetingScheduled(Schema):
    meeting_id = fields.UUID(required=True)
    group_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)


MEETING_SCHEDULED = EventKind(
    service="meetings",
    name="meeting_scheduled",
    subject="meeting",
    schema=_MeetingScheduled,
    example={"meeting_id": _MEETING, "group_id": _GROUP, "organisation_id": _ORGANISATION},
    readers=("notifications",),
)


class _MeetingTookPlace(Schema):
    meeting_id = fields.UUID(required=True)
    group_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)
    present = fields.Integer(required=True)
    excused = fields.Integer(required=True)
    absent = fields.Integer(required=True)
    unnamed = fields.Integer(required=True)


MEETING_TOOK_PLACE = EventKind(
    service="meetings",
    name="meeting_took_place",
    subject="meeting",
    schema=_MeetingTookPlace,
    example={
        "meeting_id": _MEETING, "group_id": _GROUP, "organisation_id": _ORGANISATION, "present": 5,
        "excused": 2, "absent": 1, "unnamed": 0,
    },
    readers=("notifications",),
)  # fmt: skip


class _MembershipChanged(Schema):
    membership_id = fields.UUID(required=True)
    participant_id = fields.UUID(required=True)
    group_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)
    placement_id = fields.UUID(required=True, allow_none=True)
    state = fields.String(required=True, validate=validate.OneOf(["active", "ended"]))
    starts_on = fields.Date(required=True)


MEMBERSHIP_CHANGED = EventKind(
    service="meetings",
    name="membership_changed",
    subject="membership",
    schema=_MembershipChanged,
    example={
        "membership_id": _MEMBERSHIP, "participant_id": _PARTICIPANT, "group_id": _GROUP,
        "organisation_id": _ORGANISATION, "placement_id": _PLACEMENT, "state": "active",
        "starts_on": "2026-11-24",
    },
    readers=("intake", "questionnaires", "notifications"),
    is_state=True,
)  # fmt: skip


class _PlacementReturned(Schema):
    placement_id = fields.UUID(required=True)
    participant_id = fields.UUID(required=True)
    group_id = fields.UUID(required=True)
    reason = fields.String(required=True)


PLACEMENT_RETURNED = EventKind(
    service="meetings",
    name="placement_returned",
    subject="placement",
    schema=_PlacementReturned,
    example={
        "placement_id": _PLACEMENT, "participant_id": _PARTICIPANT, "group_id": _GROUP, "reason": "group_full",
    },
    readers=("intake",),
)  # fmt: skip

SAID = (
    ORGANISATION_CHANGED, STAFF_CHANGED, SIGN_IN_REQUESTED, GROUP_CHANGED, MEETING_CHANGED, MEETING_SCHEDULED,
    MEETING_TOOK_PLACE, MEMBERSHIP_CHANGED, PLACEMENT_RETURNED,
)  # fmt: skip
