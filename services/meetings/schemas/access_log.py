"""The filter of the access log."""

from __future__ import annotations

from datetime import date

from marshmallow import fields, validate

from shared.local_time import Day
from shared.web.forms import FormSchema

# The days that may be asked about: one more or less is a day too, in every zone.
SHOWN_DAYS = validate.Range(date(2000, 1, 1), date(2999, 12, 31), error="Kies een dag.")


class AccessLogForm(FormSchema):
    """Filter of the access log; invalid values are left out."""

    staff_id = fields.String(data_key="wie")
    event = fields.String(data_key="wat")
    since = Day(data_key="vanaf", validate=SHOWN_DAYS)
    until = Day(data_key="tot", validate=SHOWN_DAYS)
    before = fields.Integer(data_key="voor", validate=validate.Range(1, 2**62))
