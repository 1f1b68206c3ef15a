"""The state of a meeting, and that one was scheduled."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from services.meetings.events.examples import GROUP, MEETING, ORGANISATION, STAFF
from shared.messaging.envelope import EventType


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
    "meeting_id": MEETING,
    "group_id": GROUP,
    "organisation_id": ORGANISATION,
    "kind": "regular",
    "on": "2026-11-24",
    "at": "19:30",
    "zone": "Europe/Amsterdam",
    "minutes": 120,
    "state": "planned",
    "place": None,
    "substitute_ids": [],
}
MEETING_CHANGED = EventType(
    service="meetings",
    name="meeting_changed",
    subject="meeting",
    schema=_MeetingChanged,
    example=_MEETING_STATE,
    consumers=("intake", "notifications"),
    is_state=True,
)


class MeetingScheduled(Schema):
    meeting_id = fields.UUID(required=True)
    group_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)
    # Who did it, of those who work there: not notified of it. Left out when it was only just planned.
    by_staff_id = fields.UUID(required=False, allow_none=True)


MEETING_CHANGE_EXAMPLE = {
    "meeting_id": MEETING,
    "group_id": GROUP,
    "organisation_id": ORGANISATION,
    "by_staff_id": STAFF,
}
MEETING_SCHEDULED = EventType(
    service="meetings",
    name="meeting_scheduled",
    subject="meeting",
    schema=MeetingScheduled,
    example=MEETING_CHANGE_EXAMPLE,
    consumers=("notifications",),
)
