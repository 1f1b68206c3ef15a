"""What is said of groups and their meetings."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from services.meetings.events.examples import GROUP, MEETING, ORGANISATION, STAFF
from shared.messaging.envelope import EventType


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


GROUP_CHANGED = EventType(
    service="meetings",
    name="group_changed",
    subject="group",
    schema=_GroupChanged,
    example={
        "group_id": GROUP, "organisation_id": ORGANISATION, "name": "Dinsdaggroep",
        "kind": "recovery_workgroup", "state": "running", "weekday": 1, "at": "19:30", "minutes": 120,
        "first_meeting_on": "2026-11-24", "themes": ["minder alleen zijn"], "questionnaires": ["nel_kort"],
        "facilitator_ids": [STAFF],
        "rules": {
            "audience": "own", "admission": "rolling", "interval_weeks": None, "max_size": 8,
            "waiting_list": "allowed", "identity": "name", "language": "nl",
        },
        "venue": {"name": "Buurthuis De Brug", "address": "Brugstraat 1, Lindeveen", "area": "3412",
                  "features": ["wheelchair"]},
    },
    consumers=("intake", "questionnaires", "notifications"),
    is_state=True,
)  # fmt: skip


class _Place(Schema):
    name = fields.String(required=True)
    address = fields.String(required=True)


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
    place = fields.Nested(_Place, required=True, allow_none=True)  # only when it is not where the group meets
    substitute_ids = fields.List(fields.UUID(), required=True)


_MEETING_STATE = {
    "meeting_id": MEETING, "group_id": GROUP, "organisation_id": ORGANISATION, "kind": "regular",
    "on": "2026-11-24", "at": "19:30", "zone": "Europe/Amsterdam", "minutes": 120, "state": "planned",
    "place": None, "substitute_ids": [],
}  # fmt: skip


MEETING_CHANGED = EventType(
    service="meetings",
    name="meeting_changed",
    subject="meeting",
    schema=_MeetingChanged,
    example=_MEETING_STATE,
    consumers=("intake", "notifications"),
    is_state=True,
)


class _MeetingScheduled(Schema):
    meeting_id = fields.UUID(required=True)
    group_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)
    # Who did it, of those who work there: not told of it. Left out when it was only just planned.
    by_staff_id = fields.UUID(required=False, allow_none=True)


_MEETING_CHANGE = {
    "meeting_id": MEETING, "group_id": GROUP, "organisation_id": ORGANISATION, "by_staff_id": STAFF,
}  # fmt: skip


MEETING_SCHEDULED = EventType(
    service="meetings",
    name="meeting_scheduled",
    subject="meeting",
    schema=_MeetingScheduled,
    example=_MEETING_CHANGE,
    consumers=("notifications",),
)


class _MeetingMoved(_MeetingScheduled):
    """Where it went stands in the state; here is what people may have been told before."""

    old_on = fields.Date(required=True)
    old_at = fields.String(required=True)


MEETING_MOVED = EventType(
    service="meetings",
    name="meeting_moved",
    subject="meeting",
    schema=_MeetingMoved,
    example=_MEETING_CHANGE | {"old_on": "2026-11-24", "old_at": "19:30"},
    consumers=("notifications",),
)  # fmt: skip


MEETING_CANCELLED = EventType(
    service="meetings",
    name="meeting_cancelled",
    subject="meeting",
    schema=_MeetingScheduled,
    example=_MEETING_CHANGE,
    consumers=("notifications",),
)


class _MeetingTookPlace(Schema):
    meeting_id = fields.UUID(required=True)
    group_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)
    present = fields.Integer(required=True)
    excused = fields.Integer(required=True)
    absent = fields.Integer(required=True)
    unnamed = fields.Integer(required=True)


MEETING_TOOK_PLACE = EventType(
    service="meetings",
    name="meeting_took_place",
    subject="meeting",
    schema=_MeetingTookPlace,
    example={
        "meeting_id": MEETING, "group_id": GROUP, "organisation_id": ORGANISATION, "present": 5,
        "excused": 2, "absent": 1, "unnamed": 0,
    },
    consumers=("notifications",),
)  # fmt: skip
