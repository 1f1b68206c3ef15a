"""Forms for who walks in."""

from __future__ import annotations

from marshmallow import fields

from shared.web.forms import FormSchema


class WalkInForm(FormSchema):
    """Somebody who comes in: a new name, or nothing."""

    call_name = fields.String(load_default="")
    is_somebody_else = fields.Boolean(load_default=False)


class ReturnForm(FormSchema):
    """Somebody who was here before."""

    membership_id = fields.String(required=True)
