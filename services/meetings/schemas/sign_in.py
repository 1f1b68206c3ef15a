"""Forms to sign in."""

from __future__ import annotations

from marshmallow import Schema, fields, validate


class SignInForm(Schema):
    """Asking for a link."""

    email = fields.Email(required=True)
    naar = fields.String(load_default="/")


class FirstManagerForm(Schema):
    """The first person of a new installation."""

    name = fields.String(required=True, validate=validate.Length(max=80))
    email = fields.Email(required=True)
    organisation = fields.String(required=True, validate=validate.Length(max=120))
    region = fields.String(required=True, validate=validate.Length(max=120))
