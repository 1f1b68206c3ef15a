"""The form of an organisation."""

from __future__ import annotations

from marshmallow import fields, validate

from shared.web.email_field import EmailAddress
from shared.web.forms import FormSchema

_TEXT, _LINE, _WORD = 400, 200, 30


def _text(most: int) -> fields.String:
    return fields.String(load_default="", validate=validate.Length(max=most))


class OrganisationForm(FormSchema):
    """How an organisation is called, and what it says of itself."""

    name = fields.String(required=True, validate=validate.Length(max=120))
    region = fields.String(required=True, validate=validate.Length(max=120))
    keeps_words = fields.Boolean(load_default=False)
    about = _text(_TEXT)
    telephone = _text(_WORD)
    email = EmailAddress(load_default="")
    address = _text(_LINE)
    opening_hours = _text(_LINE)
    website = fields.URL(
        load_default="",
        schemes={"https", "http"},
        validate=validate.Length(max=_LINE),
        error_messages={"invalid": "Schrijf het adres van de site zo: https://www.voorbeeld.nl"},
    )
    out_of_hours_telephone = _text(_WORD)
    sender_name = _text(40)
    participant_word = _text(_WORD)
    participants_word = _text(_WORD)
    reporting = _text(_TEXT)
    answer_within_days = fields.Integer(load_default=None, validate=validate.Range(min=1, max=30))
    colour = _text(7)
