"""Forms of staff and their roles."""

from __future__ import annotations

from marshmallow import Schema, fields, validate


class RolesForm(Schema):
    """What somebody does for an organisation."""

    roles = fields.List(fields.String(), load_default=list)


class ColleagueForm(RolesForm):
    """Somebody new who works for an organisation."""

    name = fields.String(required=True, validate=validate.Length(max=80))
    email = fields.Email(required=True)
