"""Forms to start a group and to say who leads it."""

from __future__ import annotations

from collections.abc import Mapping

from marshmallow import ValidationError, fields, validate, validates_schema

from services.meetings.queries.groups import GroupFilter
from shared.local_time import Day, LocalTime
from shared.web.forms import FormSchema

NEW_VENUE, NO_VENUE = "new", "none"
_AREA = validate.Regexp(r"^[1-9][0-9]{3}$", error="Vul de vier cijfers van de postcode in, zoals 3412.")


class NewGroupForm(FormSchema):
    """A new group: what every group needs, and what its kind leaves to the group."""

    organisation_id = fields.String(required=True)
    kind = fields.String(required=True)
    name = fields.String(required=True, validate=validate.Length(max=80))
    audience = fields.String(required=True)
    admission = fields.String(required=True)
    interval_weeks = fields.Integer()
    max_size = fields.Integer()
    venue_id = fields.String(load_default=NO_VENUE)
    venue_name = fields.String(validate=validate.Length(max=120))
    venue_address = fields.String(validate=validate.Length(max=200))
    venue_area = fields.String(validate=_AREA)
    keeps_words = fields.Boolean(load_default=False)
    venue_features = fields.List(fields.String(), load_default=list)
    first_on = Day()
    at = LocalTime()
    every_weeks = fields.Integer()
    minutes = fields.Integer()
    first_facilitator = fields.String()
    co_facilitator = fields.String()
    after_absence = fields.List(fields.String(), load_default=list)
    questionnaires = fields.List(fields.String(), load_default=list)
    themes = fields.String(validate=validate.Length(max=300))

    @validates_schema(skip_on_field_errors=False)
    def a_new_place_is_complete(self, data: Mapping[str, object], **_: object) -> None:
        """Refuse a new venue without its name, address or area."""
        if data.get("venue_id") == NEW_VENUE:
            _require(data, "venue_name", "venue_address", "venue_area")

    @validates_schema(skip_on_field_errors=False)
    def a_first_day_has_a_time(self, data: Mapping[str, object], **_: object) -> None:
        """Refuse a first day without a time; without a day nothing is planned yet."""
        if "first_on" in data:
            _require(data, "at", "every_weeks", "minutes")

    @validates_schema(skip_on_field_errors=False)
    def two_facilitators_are_two_people(self, data: Mapping[str, object], **_: object) -> None:
        """Refuse the same person as both facilitators."""
        if data.get("co_facilitator") and data.get("co_facilitator") == data.get("first_facilitator"):
            raise ValidationError("Kies hier iemand anders, of laat dit leeg.", "co_facilitator")


class FacilitatorForm(FormSchema):
    """Who leads a group."""

    staff_id = fields.String(required=True)
    place = fields.String(required=True)


def _require(data: Mapping[str, object], *names: str) -> None:
    missing = {name: ["Vul dit nog in."] for name in names if name not in data}
    if missing:
        raise ValidationError(missing)


class GroupFilterForm(FormSchema):
    """Which groups the list shows, by the names in its address."""

    naam = fields.String(load_default="", validate=validate.Length(max=80))
    soort = fields.String(load_default="")
    organisatie = fields.String(load_default="")
    plek = fields.String(load_default="", validate=validate.Length(max=80))
    begeleider = fields.String(load_default="")
    mist = fields.String(load_default="", validate=validate.OneOf(("", "facilitator", "meetings")))


def read_group_filter(arguments: Mapping[str, str]) -> GroupFilter:
    """Read which groups the address asks for; what cannot be read counts as not asked."""
    names = GroupFilterForm().fields
    given = {name: value.strip() for name, value in arguments.items() if name in names}
    try:
        form = GroupFilterForm().load(given)
    except ValidationError:
        return GroupFilter()
    return GroupFilter(
        form["naam"], form["soort"], form["organisatie"], form["plek"], form["begeleider"], form["mist"]
    )
