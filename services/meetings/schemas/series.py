"""Forms to schedule meetings."""

from __future__ import annotations

from marshmallow import fields

from shared.local_time import Day, LocalTime
from shared.web.forms import FormSchema


class RhythmForm(FormSchema):
    """Meetings in a rhythm; the last day may be left open."""

    first_on = Day(required=True)
    at = LocalTime(required=True)
    every_weeks = fields.Integer(required=True)
    minutes = fields.Integer(required=True)
    end_on = Day(load_default=None)


class MeetingForm(FormSchema):
    """One meeting."""

    on = Day(required=True)
    at = LocalTime(required=True)
    minutes = fields.Integer(required=True)


class DaysForm(FormSchema):
    """Days picked one by one."""

    days = fields.List(Day(), load_default=list)
    at = LocalTime(required=True)
    minutes = fields.Integer(required=True)
