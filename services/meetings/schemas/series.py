"""Forms to schedule meetings."""

from __future__ import annotations

from marshmallow import fields

from shared.web.forms import FormSchema


class RhythmForm(FormSchema):
    """Meetings in a rhythm; the last day may be left open."""

    first_on = fields.Date(required=True)
    at = fields.Time(required=True)
    every_weeks = fields.Integer(required=True)
    minutes = fields.Integer(required=True)
    end_on = fields.Date(load_default=None)


class MeetingForm(FormSchema):
    """One meeting."""

    on = fields.Date(required=True)
    at = fields.Time(required=True)
    minutes = fields.Integer(required=True)


class DaysForm(FormSchema):
    """Days picked one by one."""

    days = fields.List(fields.Date(), load_default=list)
    at = fields.Time(required=True)
    minutes = fields.Integer(required=True)
