"""Forms for who walks in."""

from __future__ import annotations

from marshmallow import Schema, fields


class WalkInForm(Schema):
    """Somebody who comes in: a new name, or nothing."""

    call_name = fields.String(load_default="")
    is_somebody_else = fields.Boolean(load_default=False)


class ReturnForm(Schema):
    """Somebody who was here before."""

    membership_id = fields.String(required=True)
