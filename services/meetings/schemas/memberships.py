"""The form of a farewell."""

from __future__ import annotations

from marshmallow import Schema, fields


class FarewellForm(Schema):
    """Somebody leaves the group."""

    reason = fields.String(required=True)
    on = fields.Date(load_default=None)
