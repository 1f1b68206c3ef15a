"""The shape of what may come in over HTTP."""

from __future__ import annotations

from collections.abc import Mapping

import phonenumbers
from marshmallow import fields, validate

from services.notifications.queries.messages import MESSAGE_TYPES, STATES
from services.notifications.queries.triage import CAUSES
from shared.email_addresses import NotAnAddress, read_address
from shared.ids import IdText
from shared.web.forms import FormSchema


class FlowFilter(FormSchema):
    """Which messages to show, which page of them, and which cause is opened."""

    stand = fields.String(validate=validate.OneOf(STATES))
    soort = fields.String(validate=validate.OneOf(MESSAGE_TYPES))
    oorzaak = fields.String(validate=validate.OneOf(CAUSES))
    groep = fields.String(validate=validate.Length(max=120))
    voor = IdText()
    na = fields.String(validate=validate.Length(max=80))


class PersonalNoteForm(FormSchema):
    """A personal note with "we missed you"; nothing filled in takes it away."""

    personal_note = fields.String(load_default="", validate=validate.Length(max=120))


class LetThroughForm(FormSchema):
    """Why a message may go although a word in it may say too much."""

    reason = fields.String(
        required=True,
        validate=validate.Length(max=200),
        error_messages={"required": "Schrijf erbij waarom dit bericht toch weg mag."},
    )


# More quiet than everybody has, never less: the first and the last of these are the hours of everybody.
QUIET_FROM = ("18:00", "19:00", "20:00", "21:00", "21:30")
QUIET_UNTIL = ("08:00", "09:00", "10:00", "11:00", "12:00")


class PreferencesForm(FormSchema):
    """By which channels somebody wants to be reached, and when not."""

    channels = fields.String(
        required=True, validate=validate.OneOf(["email sms", "sms email", "email", "sms", "none"])
    )
    quiet_from = fields.String(required=True, validate=validate.OneOf(QUIET_FROM))
    quiet_until = fields.String(required=True, validate=validate.OneOf(QUIET_UNTIL))


class PauseForm(FormSchema):
    """A pause, or no longer."""

    on = fields.String(required=True, validate=validate.OneOf(["0", "1"]))


class StopForm(FormSchema):
    """Which sort of messages stops."""

    purpose = fields.String(
        required=True, validate=validate.OneOf(["reminders", "questionnaires", "missed_you", "all"])
    )


class AddressOrNumber(fields.Field[tuple[str, str]]):
    """An e-mail address or a mobile number, loaded as (channel, address): email, or sms with E.164."""

    default_error_messages = {  # noqa: RUF012
        "unlike": "Vul je e-mailadres in, zoals naam@voorbeeld.nl, of je mobiele nummer, zoals 06 12345678."
    }

    def _deserialize(
        self, value: object, attr: str | None, data: Mapping[str, object] | None, **kwargs: object
    ) -> tuple[str, str]:
        typed = str(value)
        try:
            if "@" in typed:
                return "email", read_address(typed)
            number = phonenumbers.parse(typed, "NL")
        except (NotAnAddress, phonenumbers.NumberParseException):
            raise self.make_error("unlike") from None
        if not phonenumbers.is_valid_number(number):
            raise self.make_error("unlike")
        return "sms", phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class OwnPageForm(FormSchema):
    """Asking for a link to one's own page."""

    contact = AddressOrNumber(
        required=True, error_messages={"required": AddressOrNumber.default_error_messages["unlike"]}
    )


class OwnPageAsked(FormSchema):
    """Which page of what was sent."""

    blad = fields.Integer(load_default=1, validate=validate.Range(1, 100_000))
