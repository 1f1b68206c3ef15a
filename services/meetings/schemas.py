"""The shape of what may come in over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from services.meetings.queries.event_trace import PARTS, REASONS

# A field takes its sentences when it is made, so the Dutch ones must be there before the fields below.
from shared.web import forms as _dutch_sentences  # noqa: F401

NEW_VENUE, NO_VENUE = "new", "none"
OTHER_PLACE = "other"
_AREA = validate.Regexp(r"^[1-9][0-9]{3}$", error="Vul de vier cijfers van de postcode in, zoals 3412.")


def _text(most: int, *, required: bool = True) -> fields.String:
    return fields.String(required=required, validate=validate.Length(max=most))


def _many() -> fields.List[str]:
    return fields.List(fields.String(), load_default=list)


class SignInForm(Schema):
    """Asking for a link."""

    email = fields.Email(required=True)
    naar = fields.String(load_default="/")


class FirstManagerForm(Schema):
    """The first person of a new installation."""

    name = _text(80)
    email = fields.Email(required=True)
    organisation = _text(120)
    region = _text(120)


class OrganisationForm(Schema):
    """How an organisation is called."""

    name = _text(120)
    region = _text(120)


class RolesForm(Schema):
    """What somebody does for an organisation."""

    roles = _many()


class ColleagueForm(RolesForm):
    """Somebody new who works for an organisation."""

    name = _text(80)
    email = fields.Email(required=True)


class NewGroupForm(Schema):
    """A new group: what every group needs, and what its kind leaves to the group."""

    organisation_id = fields.String(required=True)
    kind = fields.String(required=True)
    name = _text(80)
    audience = fields.String(required=True)
    admission = fields.String(required=True)
    interval_weeks = fields.Integer()
    max_size = fields.Integer()
    venue_id = fields.String(load_default=NO_VENUE)
    venue_name = _text(120, required=False)
    venue_address = _text(200, required=False)
    venue_area = fields.String(validate=_AREA)
    venue_features = _many()
    first_on = fields.Date()
    at = fields.Time()
    every_weeks = fields.Integer()
    minutes = fields.Integer()
    first_facilitator = fields.String()
    co_facilitator = fields.String()
    after_absence = _many()
    questionnaires = _many()
    themes = _text(300, required=False)

    @validates_schema(skip_on_field_errors=False)
    def a_new_place_is_told_whole(self, data: dict[str, Any], **_: object) -> None:
        """Half a place cannot be found."""
        if data.get("venue_id") == NEW_VENUE:
            _ask(data, "venue_name", "venue_address", "venue_area")

    @validates_schema(skip_on_field_errors=False)
    def a_first_day_has_a_time(self, data: dict[str, Any], **_: object) -> None:
        """A day may be left open, and then nothing is planned yet; a day without a time says nothing."""
        if "first_on" in data:
            _ask(data, "at", "every_weeks", "minutes")

    @validates_schema(skip_on_field_errors=False)
    def two_facilitators_are_two_people(self, data: dict[str, Any], **_: object) -> None:
        """Somebody is not their own second."""
        if data.get("co_facilitator") and data.get("co_facilitator") == data.get("first_facilitator"):
            raise ValidationError("Kies hier iemand anders, of laat dit leeg.", "co_facilitator")


class FacilitatorForm(Schema):
    """Who leads a group."""

    staff_id = fields.String(required=True)
    place = fields.String(required=True)


class RhythmForm(Schema):
    """Meetings in a rhythm; the last day may be left open."""

    first_on = fields.Date(required=True)
    at = fields.Time(required=True)
    every_weeks = fields.Integer(required=True)
    minutes = fields.Integer(required=True)
    end_on = fields.Date(load_default=None)


class MeetingForm(Schema):
    """One meeting."""

    on = fields.Date(required=True)
    at = fields.Time(required=True)
    minutes = fields.Integer(required=True)


class DaysForm(Schema):
    """Days picked one by one."""

    days = fields.List(fields.Date(), load_default=list)
    at = fields.Time(required=True)
    minutes = fields.Integer(required=True)


class FarewellForm(Schema):
    """Somebody leaves the group."""

    reason = fields.String(required=True)
    on = fields.Date(load_default=None)


class MarkForm(Schema):
    """One tap."""

    membership_id = fields.String(required=True)
    mark = fields.String(required=True)
    seen = fields.String(load_default=None)


class StepForm(Schema):
    """One more without a name, or one fewer."""

    step = fields.Integer(required=True, validate=validate.OneOf([-1, 1]))


class HeadcountForm(Schema):
    """How many there are, in a group that keeps no names; `seen` is how many there were on the page."""

    headcount = fields.Integer(required=True)
    seen = fields.Integer(load_default=None)


class CloseForm(Schema):
    """The button "Klaar"; an empty topic wipes what stood there. `shown` is the stamp of what would follow."""

    next_topic = fields.String(load_default="")
    shown = fields.String(load_default=None)


class WalkInForm(Schema):
    """Somebody who comes in: a new name, or nothing."""

    call_name = fields.String(load_default="")
    is_somebody_else = fields.Boolean(load_default=False)


class ReturnForm(Schema):
    """Somebody who was here before."""

    membership_id = fields.String(required=True)


class CallDoneForm(Schema):
    """Somebody was called."""

    reason = fields.String(required=True)


class CallLaterForm(Schema):
    """Somebody is called on a later day."""

    until = fields.Date(required=True)


class MoveForm(MeetingForm):
    """One meeting at another moment, in another place or both."""

    where = fields.String(load_default="usual")
    place_name = fields.String(load_default="")
    place_address = fields.String(load_default="")


class SubstituteForm(Schema):
    """Who leads one meeting in somebody's place."""

    staff_id = fields.String(required=True)


class CallOffForm(Schema):
    """What a member said about one meeting: that they come after all, or not."""

    membership_id = fields.String(required=True)
    comes = fields.Boolean(load_default=False)


class CalendarForm(Schema):
    """The secret of a new address for a calendar, made when the page was made."""

    secret = fields.String(required=True)


# The days that may be asked about: one more or less is a day too, in every zone.
_DAY_OF_OURS = validate.Range(date(2000, 1, 1), date(2999, 12, 31), error="Kies een dag.")


class TrailForm(Schema):
    """Which lines of the trail; an address with another question shows what can be read of it."""

    staff_id = fields.String(data_key="wie")
    event = fields.String(data_key="wat")
    since = fields.Date(data_key="vanaf", validate=_DAY_OF_OURS)
    until = fields.Date(data_key="tot", validate=_DAY_OF_OURS)
    before = fields.Integer(data_key="voor", validate=validate.Range(1, 2**62))


class EventsFilter(Schema):
    """Which events to show; `voor` is where the page before stopped."""

    soort = fields.String(validate=validate.Regexp(r"^[a-z_]{1,60}$"))
    deel = fields.String(validate=validate.OneOf(list(PARTS.values())))
    over = fields.UUID(error_messages={"invalid_uuid": "Plak hier een heel kenmerk: 36 tekens, met streepjes."})
    sinds = fields.Date(validate=_DAY_OF_OURS)
    voor = fields.UUID()


class ReplayForm(Schema):
    """Having an event tried again that nobody could handle."""

    deel = fields.String(required=True, validate=validate.OneOf(list(PARTS.values())))
    nummer = fields.Integer(required=True, validate=validate.Range(1, 2**31 - 1))
    reden = fields.String(
        required=True, validate=validate.OneOf(REASONS), error_messages={"required": "Kies waarom."}
    )


def _ask(data: dict[str, Any], *names: str) -> None:
    missing = {name: ["Vul dit nog in."] for name in names if name not in data}
    if missing:
        raise ValidationError(missing)
