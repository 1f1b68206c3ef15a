"""Starting a group: first its kind, then one page with what every group needs."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request

from services.meetings.commands.setting_up import NewRhythm, NewVenue, set_up_group
from services.meetings.pages.telling import told
from services.meetings.queries import groups as look
from services.meetings.queries import kinds
from services.meetings.queries.staff import OrganisationView, list_colleagues, list_organisations
from services.meetings.schemas import NEW_VENUE, NO_VENUE, NewGroupForm
from shared.errors import NotFound, Refusal
from shared.ids import new_id
from shared.security.access import requires_staff
from shared.web.forms import read_form, read_request_id, submitted_values
from shared.web.text import text

pages = Blueprint("new_group", __name__)
MANY = ("venue_features", "after_absence", "questionnaires")
USUAL_TIME, USUAL_MINUTES, MOST_WEEKS = "19:30", 120, 6


@pages.get("/groepen/nieuw")
@requires_staff("coordinator")
def new() -> str:
    """The kinds to choose from, and with `?soort=` the form for one of them."""
    code = request.args.get("soort")
    if code is None:
        return render_template("meetings/new_group_kind.html", kinds=kinds.list_kinds())
    return _form_page(code, request.args.get("organisatie"), new_id(), {}, {})


@pages.post("/groepen/nieuw")
@requires_staff("coordinator")
def start() -> Any:
    """Start the group with all that was filled in, or with nothing."""
    try:
        form = read_form(NewGroupForm, many=MANY)
        group_id = set_up_group(
            g.actor, organisation_id=form["organisation_id"], kind=form["kind"], name=form["name"],
            overrides=_overrides(form), venue=_venue(form), themes=form.get("themes", "").split(","),
            questionnaires=form["questionnaires"], facilitators=_facilitators(form), rhythm=_rhythm(form),
            request_id=read_request_id(),
        )  # fmt: skip
    except Refusal as wrong:
        errors = told(wrong, _fields())
        typed = {**submitted_values(), **{name: request.form.getlist(name) for name in MANY}}
        return _form_page(
            request.form.get("kind", ""), request.form.get("organisation_id"), read_request_id(), errors, typed
        ), wrong.status
    flash(text("done", "group_started"))
    return redirect(f"/groepen/{group_id}", code=303)


def _form_page(
    code: str, organisation_id: str | None, request_id: str, errors: dict[str, list[str]], values: dict[str, Any]
) -> str:
    try:
        kind = kinds.get_kind(code)
    except Refusal:
        raise NotFound() from None
    organisations = list_organisations(g.actor, "coordinator")
    here = _chosen(organisations, organisation_id)
    colleagues = [one for one in list_colleagues(g.actor, here.id) if "facilitator" in one.roles]
    return render_template(
        "meetings/new_group.html", kind=kind, organisations=organisations, here=here, colleagues=colleagues,
        venues=look.list_venues(g.actor, here.id), request_id=request_id, errors=errors,
        values={**_usual(kind), **values}, most_weeks=MOST_WEEKS, new_venue=NEW_VENUE, no_venue=NO_VENUE,
    )  # fmt: skip


def _chosen(organisations: list[OrganisationView], organisation_id: str | None) -> OrganisationView:
    for one in organisations:
        if organisation_id in (None, one.id):
            return one
    raise NotFound()


def _usual(kind: Any) -> dict[str, Any]:
    """What is filled in beforehand: what the kind says, and else what most groups do."""
    rules = kind.rules
    return {
        "max_size": rules.max_size, "admission": rules.admission, "audience": rules.audience,
        "interval_weeks": rules.interval_weeks, "every_weeks": rules.every_weeks or 1,
        "minutes": rules.minutes or USUAL_MINUTES, "at": USUAL_TIME, "after_absence": rules.after_absence or (),
    }  # fmt: skip


def _overrides(form: dict[str, Any]) -> dict[str, Any]:
    """Where the answers differ from the kind; an emptied maximum is no maximum."""
    asked = kinds.get_kind(form["kind"]).rules
    answers: dict[str, Any] = {name: form.get(name) for name in ("audience", "admission", "max_size")}
    answers["interval_weeks"] = form.get("interval_weeks") if form.get("admission") == "intervals" else None
    for name in ("every_weeks", "minutes"):
        if "first_on" in form:
            answers[name] = form.get(name)
    overrides = {name: value for name, value in answers.items() if value != getattr(asked, name)}
    if set(form["after_absence"]) != set(asked.after_absence or ()):
        overrides["after_absence"] = form["after_absence"]
    return overrides


def _venue(form: dict[str, Any]) -> str | NewVenue | None:
    if form["venue_id"] == NO_VENUE:
        return None
    if form["venue_id"] != NEW_VENUE:
        return str(form["venue_id"])
    return NewVenue(form["venue_name"], form["venue_address"], form["venue_area"], tuple(form["venue_features"]))


def _facilitators(form: dict[str, Any]) -> dict[str, str]:
    named = {form.get("co_facilitator"): "co", form.get("first_facilitator"): "first"}
    return {staff_id: place for staff_id, place in named.items() if staff_id}


def _rhythm(form: dict[str, Any]) -> NewRhythm | None:
    if "first_on" not in form:
        return None
    return NewRhythm(form["first_on"], form["at"], form["every_weeks"], form["minutes"])


def _fields() -> set[str]:
    return set(NewGroupForm().fields)
