"""The form of a farewell."""

from __future__ import annotations

from marshmallow import fields

from shared.web.forms import FormSchema


class FarewellForm(FormSchema):
    """Somebody leaves the group."""

    reason = fields.String(required=True)
    on = fields.Date(load_default=None)
