"""The form to appoint a substitute."""

from __future__ import annotations

from marshmallow import fields

from shared.web.forms import FormSchema


class SubstituteForm(FormSchema):
    """Substitutes: who leads one meeting instead of its facilitator."""

    staff_id = fields.String(required=True)
