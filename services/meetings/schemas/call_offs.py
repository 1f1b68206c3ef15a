"""The form to record a call-off."""

from __future__ import annotations

from marshmallow import Schema, fields


class CallOffForm(Schema):
    """What a member intends about one meeting: that they come after all, or not."""

    membership_id = fields.String(required=True)
    comes = fields.Boolean(load_default=False)
