"""Forms to mark, count and close a meeting."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.web.forms import FormSchema


class MarkForm(FormSchema):
    """One tap."""

    membership_id = fields.String(required=True)
    mark = fields.String(required=True)
    seen = fields.String(load_default=None)


class TapForm(FormSchema):
    """One tap by the form of the whole page; who it is about stands in the address."""

    mark = fields.String(required=True)


class TogetherForm(FormSchema):
    """Everybody who had no mark on the page is there."""

    unmarked_id = fields.List(fields.String())


class UndoTogetherForm(FormSchema):
    """Take that back; the moment is that of the marks."""

    marked_at = fields.AwareDateTime(required=True)


class TopicForm(FormSchema):
    """What the next meeting is about; an empty one wipes what stood there."""

    next_topic = fields.String(load_default="")


class StepForm(FormSchema):
    """One more person without a name, or one fewer."""

    step = fields.Integer(required=True, validate=validate.OneOf([-1, 1]))


class HeadcountForm(FormSchema):
    """How many there are, in a group that keeps no names; `seen` is how many there were on the page."""

    headcount = fields.Integer(required=True)
    seen = fields.Integer(load_default=None)


class CloseForm(FormSchema):
    """The button "Klaar", with all that stands on the page; an empty topic wipes what stood there.

    shown      the stamp of what would follow
    unmarked   the answer to who was not marked yet; empty until it was asked
    headcount, seen  as in HeadcountForm
    """

    next_topic = fields.String(load_default="")
    shown = fields.String(load_default=None)
    unmarked = fields.String(load_default="")
    headcount = fields.Integer(load_default=None)
    seen = fields.Integer(load_default=None)
