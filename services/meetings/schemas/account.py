"""The form of one's own account."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.web.forms import FormSchema


class NameForm(FormSchema):
    """How somebody wants to be called at work."""

    name = fields.String(required=True, validate=validate.Length(max=80))
