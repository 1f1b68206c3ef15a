"""Forms of the event trace."""

from __future__ import annotations

from marshmallow import fields, validate

from services.meetings.queries.event_trace import PARTS, REASONS
from services.meetings.schemas.access_log import SHOWN_DAYS
from shared.local_time import Day
from shared.web.forms import FormSchema


class EventsFilter(FormSchema):
    """Which events to show; `voor` is where the page before stopped."""

    soort = fields.String(validate=validate.Regexp(r"^[a-z_]{1,60}$"))
    deel = fields.String(validate=validate.OneOf(list(PARTS.values())))
    over = fields.UUID(error_messages={"invalid_uuid": "Plak hier een heel kenmerk: 36 tekens, met streepjes."})
    sinds = Day(validate=SHOWN_DAYS)
    voor = fields.UUID()


class ReplayForm(FormSchema):
    """Replaying a dead letter."""

    deel = fields.String(required=True, validate=validate.OneOf(list(PARTS.values())))
    nummer = fields.Integer(required=True, validate=validate.Range(1, 2**31 - 1))
    reden = fields.String(
        required=True, validate=validate.OneOf(REASONS), error_messages={"required": "Kies waarom."}
    )
