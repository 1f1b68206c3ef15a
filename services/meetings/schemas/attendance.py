"""Forms to mark, count and close a meeting."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.web.forms import FormSchema


class MarkForm(FormSchema):
    """One tap."""

    membership_id = fields.String(required=True)
    mark = fields.String(required=True)
    seen = fields.String(load_default=None)


class StepForm(FormSchema):
    """One more person without a name, or one fewer."""

    step = fields.Integer(required=True, validate=validate.OneOf([-1, 1]))


class HeadcountForm(FormSchema):
    """How many there are, in a group that keeps no names; `seen` is how many there were on the page."""

    headcount = fields.Integer(required=True)
    seen = fields.Integer(load_default=None)


class CloseForm(FormSchema):
    """The button "Klaar"; an empty topic wipes what stood there. `shown` is the stamp of what would follow."""

    next_topic = fields.String(load_default="")
    shown = fields.String(load_default=None)
