"""Forms of staff and their roles."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.web.email_field import EmailAddress
from shared.web.forms import FormSchema


class RolesForm(FormSchema):
    """What somebody does for an organisation."""

    roles = fields.List(fields.String(), load_default=list)


class ColleagueForm(RolesForm):
    """Somebody new who works for an organisation."""

    name = fields.String(required=True, validate=validate.Length(max=80))
    email = EmailAddress(required=True)
