"""The form to open a calendar address."""

from __future__ import annotations

from marshmallow import fields

from shared.web.forms import FormSchema


class CalendarForm(FormSchema):
    """The secret of a new calendar address, made with the page."""

    secret = fields.String(required=True)
