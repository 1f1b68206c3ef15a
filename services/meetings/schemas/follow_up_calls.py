"""Forms of the call list."""

from __future__ import annotations

from marshmallow import Schema, fields


class CallDoneForm(Schema):
    """Somebody was called."""

    reason = fields.String(required=True)


class CallLaterForm(Schema):
    """Somebody is called on a later day."""

    until = fields.Date(required=True)
