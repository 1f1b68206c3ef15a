"""A meeting: each change is published once, under the name of what happened, with what it was before."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from services.meetings.events.examples import GROUP, MEETING, ORGANISATION, STAFF
from shared.messaging.envelope import EventType


class _Place(Schema):
    name = fields.String(required=True)
    address = fields.String(required=True)


class _Meeting(Schema):
    meeting_id = fields.UUID(required=True)
    group_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)
    kind = fields.String(required=True)
    on = fields.Date(required=True)
    at = fields.String(required=True)
    zone = fields.String(required=True)
    minutes = fields.Integer(required=True)
    state = fields.String(
        required=True,
        validate=validate.OneOf(["planned", "cancelled", "took_place", "did_not_take_place", "not_reported"]),
    )
    place = fields.Nested(_Place, required=True, allow_none=True)  # only when it is not where the group meets
    substitute_ids = fields.List(fields.UUID(), required=True)


class MeetingChanged(_Meeting):
    """The whole meeting as it is now, and as it was before; null when it is new."""

    before = fields.Nested(_Meeting, required=True, allow_none=True)


class MeetingChangedBy(MeetingChanged):
    """The same with who did it, of those who work there: not notified of it. Null when the series planned it."""

    by_staff_id = fields.UUID(required=True, allow_none=True)


MEETING_EXAMPLE = {
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
# A meeting that is new, or that goes on after all.
MEETING_SCHEDULED = EventType(
    service="meetings",
    name="meeting_scheduled",
    subject="meeting",
    schema=MeetingChangedBy,
    example=MEETING_EXAMPLE | {"before": None, "by_staff_id": None},
    consumers=("intake", "notifications"),
    is_state=True,
)
# What has no name of its own: who stands in, how long it takes, that it did not take place.
MEETING_CHANGED = EventType(
    service="meetings",
    name="meeting_changed",
    subject="meeting",
    schema=MeetingChanged,
    example=MEETING_EXAMPLE | {"substitute_ids": [STAFF], "before": MEETING_EXAMPLE},
    consumers=("intake", "notifications"),
    is_state=True,
)
