"""Forms of who manages the installation."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.web.email_field import EmailAddress
from shared.web.forms import FormSchema


class AppointForm(FormSchema):
    """Another manager who may add organisations."""

    email = EmailAddress(required=True)


class FirstManagerForm(AppointForm):
    """An organisation and its first manager."""

    name = fields.String(required=True, validate=validate.Length(max=80))
    organisation = fields.String(required=True, validate=validate.Length(max=120))
    region = fields.String(required=True, validate=validate.Length(max=120))
    keeps_words = fields.Boolean(load_default=False)
