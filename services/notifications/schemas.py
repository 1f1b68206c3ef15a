"""The shape of what may come in over HTTP."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from services.notifications.queries.messages import KINDS, STATES


class FlowFilter(Schema):
    """Which messages to show, and which page of them."""

    stand = fields.String(validate=validate.OneOf(STATES))
    soort = fields.String(validate=validate.OneOf(KINDS))
    blad = fields.Integer(load_default=1, validate=validate.Range(1, 100_000))


class LineForm(Schema):
    """One personal line with "we missed you"; nothing filled in takes it away."""

    line = fields.String(load_default="", validate=validate.Length(max=120))
