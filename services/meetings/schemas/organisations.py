"""The form of an organisation."""

from __future__ import annotations

from marshmallow import Schema, fields, validate


class OrganisationForm(Schema):
    """How an organisation is called."""

    name = fields.String(required=True, validate=validate.Length(max=120))
    region = fields.String(required=True, validate=validate.Length(max=120))
