"""The state of a group."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from services.meetings.events.examples import GROUP, ORGANISATION, STAFF
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
