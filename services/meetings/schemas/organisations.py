"""The form of an organisation."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.web.forms import FormSchema


class OrganisationForm(FormSchema):
    """How an organisation is called."""

    name = fields.String(required=True, validate=validate.Length(max=120))
    region = fields.String(required=True, validate=validate.Length(max=120))
    keeps_words = fields.Boolean(load_default=False)
