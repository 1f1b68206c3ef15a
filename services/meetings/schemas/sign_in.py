"""Forms to sign in."""

from __future__ import annotations

from marshmallow import fields

from shared.web.email_field import EmailAddress
from shared.web.forms import FormSchema


class SignInForm(FormSchema):
    """Asking for a link."""

    email = EmailAddress(required=True)
    naar = fields.String(load_default="/")
