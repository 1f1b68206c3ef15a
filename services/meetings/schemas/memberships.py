"""The form of a farewell."""

from __future__ import annotations

from marshmallow import fields

from shared.local_time import Day
from shared.web.forms import FormSchema


class FarewellForm(FormSchema):
    """Somebody leaves the group."""

    reason = fields.String(required=True)
    on = Day(load_default=None)
