"""The shape of what may come in over HTTP, with the Dutch sentence for each invalid field."""

from __future__ import annotations

from collections.abc import Mapping

from flask import current_app
from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from services.intake.queries.phone_numbers import is_mobile, may_be_texted, read_number
from services.intake.queries.signups import STEPS
from shared import language
from shared.ids import IdText
from shared.local_time import Day, LocalTime
from shared.web.email_field import EmailAddress
from shared.web.forms import FormSchema, Values


class MobileNumber(fields.String):
    """A mobile number as people write it, loaded as E.164, for instance +31612345678."""

    default_error_messages = {  # noqa: RUF012
        "unlike": "Dit lijkt geen telefoonnummer. Schrijf het zoals 06 12345678.",
        "landline": "Dit lijkt een vast nummer. Hier past een mobiel nummer, zoals 06 12345678.",
    }

    def _deserialize(
        self, value: object, attr: str | None, data: Mapping[str, object] | None, **kwargs: object
    ) -> str:
        number = read_number(super()._deserialize(value, attr, data, **kwargs))
        if number is None:
            raise self.make_error("unlike")
        if not is_mobile(number):
            raise self.make_error("landline")
        return number


class Language(fields.String):
    """A language in which we write; that of the page where the form has none."""

    def __init__(self) -> None:
        super().__init__(validate=validate.OneOf(language.LANGUAGES), load_default=language.current)


class LanguageForm(FormSchema):
    """The language in which somebody wants to be written."""

    language = Language()


class WishForm(FormSchema):
    """What somebody looks for; everything may be left open."""

    help_question = fields.String(load_default="")
    audience = fields.String(load_default=None, allow_none=True)
    days = fields.List(fields.Integer(), load_default=list)
    parts_of_day = fields.List(fields.String(), load_default=list)
    area = fields.String(load_default=None, allow_none=True)
    needs = fields.List(fields.String(), load_default=list)
    themes = fields.List(fields.String(validate=validate.Length(max=60)), load_default=list)
    avoided_groups = fields.List(IdText(), load_default=list)


class ContactForm(FormSchema):
    """A call name, how to reach somebody and what for; only the name is needed."""

    call_name = fields.String(
        required=True,
        error_messages={"required": "Hoe mogen we je noemen? Een verzonnen naam is ook goed."},
    )
    language = Language()
    email = EmailAddress(load_default=None, allow_none=True)
    mobile = MobileNumber(load_default=None, allow_none=True)
    phone = fields.List(
        fields.String(validate=validate.OneOf(("may_leave_message", "phone_is_shared"))), load_default=list
    )
    purposes = fields.List(fields.String(), load_default=list)

    @post_load
    def _name_phone(self, read: Values, **_: object) -> Values:
        ticked = read.pop("phone")
        countries = current_app.extensions["settings"].sms_countries
        return (
            read
            | {name: name in ticked for name in ("may_leave_message", "phone_is_shared")}
            | {"may_be_texted": may_be_texted(read["mobile"], countries)}
        )


class SignupForm(ContactForm, WishForm):
    """Signing oneself up."""


class StaffSignupForm(SignupForm):
    """A colleague signs somebody up."""

    organisation_id = IdText(required=True, error_messages={"required": "Kies bij welke organisatie."})
    signed_up_by = fields.String(
        required=True,
        validate=validate.OneOf(("self", "staff", "referrer")),
        error_messages={"required": "Kies wie er aanmeldt."},
    )


class TalkForm(FormSchema):
    """What is agreed for a talk."""

    on = Day(
        required=True,
        error_messages={"required": "Kies een dag.", "invalid": "Vul een dag in, zoals 24-11-2026."},
    )
    at = LocalTime(required=True, error_messages={"required": "Vul een tijd in, zoals 19.30."})
    minutes = fields.Integer(required=True)
    form = fields.String(required=True, error_messages={"required": "Kies hoe jullie kennismaken."})
    host_staff_id = IdText(required=True, error_messages={"required": "Kies wie er kennismaakt."})
    place = fields.String(
        load_default="",
        validate=validate.Length(max=200, error="Maak dit korter: hoogstens 200 tekens."),
    )

    keeps_words = fields.Boolean(load_default=False)

    @validates_schema
    def _check_place(self, read: Values, **_: object) -> None:
        form, place = read.get("form", ""), read.get("place", "")
        if form.startswith("live") and not place:
            raise ValidationError("Vul in waar jullie elkaar zien.", "place")
        if form == "video" and not place.startswith("https://"):
            raise ValidationError("Vul de link in om te beeldbellen; die begint met https://.", "place")

    @post_load
    def _empty_place(self, read: Values, **_: object) -> Values:
        """Empty the place of a telephone call, also when it was filled in."""
        return read | {"place": ""} if read["form"] == "phone" else read


class CallOffForm(FormSchema):
    """Who could not after all."""

    by = fields.String(required=True, error_messages={"required": "Zeg wie er heeft afgezegd."})


class OutcomeForm(FormSchema):
    """What both decided; `rules.talks` checks which of these go together."""

    outcome = fields.String(required=True, error_messages={"required": "Kies wat jullie samen hebben besloten."})
    group_id = IdText(load_default=None, allow_none=True)
    reason = fields.String(load_default=None, allow_none=True)
    helps_instead = fields.String(load_default=None, allow_none=True)
    way_back = fields.String(load_default=None, allow_none=True)
    second_look = fields.Boolean(load_default=False)

    @post_load
    def _empty_other_choices(self, read: Values, **_: object) -> Values:
        """Empty what belongs to another choice: all fields are on the page at once."""
        if read["outcome"] not in ("joins", "another_group"):
            read["group_id"] = None
        if read["outcome"] != "not_now":
            read |= {"reason": None, "helps_instead": None, "way_back": None, "second_look": False}
        return read


class PlaceForm(FormSchema):
    """Which group."""

    group_id = IdText(required=True, error_messages={"required": "Kies een groep."})


class CloseForm(FormSchema):
    """Why a sign-up is closed."""

    reason = fields.String(required=True, error_messages={"required": "Kies waarom je deze aanmelding sluit."})


class FindForm(FormSchema):
    """Somebody to find: by how they are called, or by their address or number."""

    wanted = fields.String(required=True, validate=validate.Length(max=120))


class WaitingFilterForm(FormSchema):
    """Which open sign-ups the list shows, by the names in its address."""

    stap = fields.String(load_default="", validate=validate.OneOf(("", *STEPS)))
    organisatie = fields.String(load_default="")
    wie = fields.String(load_default="", validate=validate.OneOf(("", "ik")))
    dagen = fields.Integer(load_default=0, validate=validate.Range(0, 999))


def read_waiting_filter(arguments: Mapping[str, str]) -> Values:
    """Read which sign-ups the address asks for; what cannot be read counts as not asked."""
    names = WaitingFilterForm().fields
    given = {name: value for name, value in arguments.items() if name in names and value}
    try:
        form: Values = WaitingFilterForm().load(given)
    except ValidationError:
        form = WaitingFilterForm().load({})
    return form
