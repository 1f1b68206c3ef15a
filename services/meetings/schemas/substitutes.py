"""The form to appoint a substitute."""

from __future__ import annotations

from marshmallow import fields

from shared.web.forms import FormSchema


class SubstituteForm(FormSchema):
    """Who leads one meeting in somebody's place."""

    staff_id = fields.String(required=True)
