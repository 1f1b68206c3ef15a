"""Forms for walk-ins."""

from __future__ import annotations

from marshmallow import fields

from shared.web.forms import FormSchema


class WalkInForm(FormSchema):
    """Somebody new, by call name."""

    call_name = fields.String(load_default="")
    is_somebody_else = fields.Boolean(load_default=False)


class ReturnForm(FormSchema):
    """A former member."""

    membership_id = fields.String(required=True)
