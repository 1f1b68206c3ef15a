"""Forms to sign in."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.web.email_field import EmailAddress
from shared.web.forms import FormSchema


class SignInForm(FormSchema):
    """Asking for a link."""

    email = EmailAddress(required=True)
    naar = fields.String(load_default="/")


class FirstManagerForm(FormSchema):
    """The first person of a new installation."""

    name = fields.String(required=True, validate=validate.Length(max=80))
    email = EmailAddress(required=True)
    organisation = fields.String(required=True, validate=validate.Length(max=120))
    region = fields.String(required=True, validate=validate.Length(max=120))
