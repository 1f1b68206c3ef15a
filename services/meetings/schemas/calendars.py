"""The form to open a calendar address."""

from __future__ import annotations

from marshmallow import fields

from shared.web.forms import FormSchema


class CalendarForm(FormSchema):
    """The secret of a new address for a calendar, made when the page was made."""

    secret = fields.String(required=True)
