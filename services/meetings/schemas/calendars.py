"""The form to open a calendar address."""

from __future__ import annotations

from marshmallow import Schema, fields


class CalendarForm(Schema):
    """The secret of a new address for a calendar, made when the page was made."""

    secret = fields.String(required=True)
