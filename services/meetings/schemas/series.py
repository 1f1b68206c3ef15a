"""Forms to schedule meetings."""

from __future__ import annotations

from marshmallow import Schema, fields


class RhythmForm(Schema):
    """Meetings in a rhythm; the last day may be left open."""

    first_on = fields.Date(required=True)
    at = fields.Time(required=True)
    every_weeks = fields.Integer(required=True)
    minutes = fields.Integer(required=True)
    end_on = fields.Date(load_default=None)


class MeetingForm(Schema):
    """One meeting."""

    on = fields.Date(required=True)
    at = fields.Time(required=True)
    minutes = fields.Integer(required=True)


class DaysForm(Schema):
    """Days picked one by one."""

    days = fields.List(fields.Date(), load_default=list)
    at = fields.Time(required=True)
    minutes = fields.Integer(required=True)
