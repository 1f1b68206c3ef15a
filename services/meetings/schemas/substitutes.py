"""The form to appoint a substitute."""

from __future__ import annotations

from marshmallow import Schema, fields


class SubstituteForm(Schema):
    """Who leads one meeting in somebody's place."""

    staff_id = fields.String(required=True)
