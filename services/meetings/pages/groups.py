"""The list of groups, one group, starting one, and who leads it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request
from werkzeug.wrappers import Response

from services.meetings.commands.access_log import log_access
from services.meetings.commands.groups import (
    NewRhythm,
    NewVenue,
    appoint_facilitator,
    release_facilitator,
    set_up_group,
)
from services.meetings.pages.kinds import agenda_words, rule_words
from services.meetings.pages.telling import told
from services.meetings.queries import kinds
from services.meetings.queries.groups import get_group, list_groups
from services.meetings.queries.meetings import list_meetings
from services.meetings.queries.memberships import list_members
from services.meetings.queries.organisations import OrganisationView, list_organisations
from services.meetings.queries.staff import list_colleagues
from services.meetings.queries.venues import list_venues
from services.meetings.schemas.groups import NEW_VENUE, NO_VENUE, FacilitatorForm, NewGroupForm
from shared.errors import Forbidden, NotFound, Refusal
from shared.ids import new_id
from shared.security.access import requires_staff
from shared.web.forms import read_form, read_request_id, submitted_values
from shared.web.text import text

pages = Blueprint("groups", __name__)
ROLES = ("coordinator", "facilitator", "manager")
# What somebody asks first about a group; the other rules are one tap further.
FIRST_RULES = ("admission", "intro_talk", "audience", "entry_condition", "questionnaires")


@pages.get("/groepen")
@requires_staff(*ROLES)
def groups() -> str:
    """All groups of the organisations that this person works for, their own first."""
    found = list_groups(g.actor)
    return render_template(
        "meetings/groups/list.html", groups=found, may_start=bool(g.actor.organisations("coordinator")),
        has_several=len(g.actor.grants) > 1,
    )  # fmt: skip


@pages.get("/groepen/<group_id>")
@requires_staff()
def group(group_id: str) -> str:
    """One group; its members only for who may see them, and that is noted."""
    found = get_group(g.actor, group_id)
    members = None
    if found.rights.see_members and found.line.keeps_names:
        members = list_members(g.actor, group_id)
        log_access(
            g.actor, about_kind="group_members", about_id=group_id,
            organisation_id=found.line.organisation_id, purpose="overview",
        )  # fmt: skip
    return render_template(
        "meetings/groups/group.html", group=found, members=members, meetings=list_meetings(g.actor, group_id),
        first_rules=rule_words(found.rules, FIRST_RULES), rules=rule_words(found.rules),
        agenda=agenda_words(found.rules),
    )  # fmt: skip


@pages.get("/groepen/<group_id>/begeleiders")
@requires_staff("coordinator", "manager")
def leaders(group_id: str) -> Any:
    """Who leads the group, and who could."""
    return _leaders_page(group_id, new_id(), {})


@pages.post("/groepen/<group_id>/begeleiders")
@requires_staff("coordinator", "manager")
def appoint(group_id: str) -> Any:
    """Somebody leads the group from now on."""
    try:
        form = read_form(FacilitatorForm)
        appoint_facilitator(g.actor, group_id=group_id, **form, request_id=read_request_id())
    except Refusal as wrong:
        return _leaders_page(group_id, read_request_id(), told(wrong)), wrong.status
    flash(text("done", "facilitator_appointed"))
    return redirect(f"/groepen/{group_id}/begeleiders", code=303)


@pages.post("/groepen/<group_id>/begeleiders/<staff_id>/weg")
@requires_staff("coordinator", "manager")
def release(group_id: str, staff_id: str) -> Response:
    """Somebody no longer leads the group."""
    release_facilitator(g.actor, group_id=group_id, staff_id=staff_id, request_id=read_request_id())
    flash(text("done", "facilitator_released"))
    return redirect(f"/groepen/{group_id}/begeleiders", code=303)


def _leaders_page(group_id: str, request_id: str, errors: dict[str, list[str]]) -> str:
    found = get_group(g.actor, group_id)
    if not found.rights.appoint:
        raise Forbidden()
    leading = {leader.staff_id for leader in found.leaders}
    could = [
        one
        for one in list_colleagues(g.actor, found.line.organisation_id)
        if "facilitator" in one.roles and one.id not in leading
    ]
    return render_template(
        "meetings/groups/facilitators.html", group=found, could=could, request_id=request_id, errors=errors
    )


MANY = ("venue_features", "after_absence", "questionnaires")
USUAL_TIME, USUAL_MINUTES, MOST_WEEKS = "19:30", 120, 6


@pages.get("/groepen/nieuw")
@requires_staff("coordinator")
def new() -> str:
    """The kinds to choose from, and with `?soort=` the form for one of them."""
    code = request.args.get("soort")
    if code is None:
        return render_template("meetings/groups/choose_kind.html", kinds=kinds.list_kinds())
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
        "meetings/groups/new.html", kind=kind, organisations=organisations, here=here, colleagues=colleagues,
        venues=list_venues(g.actor, here.id), request_id=request_id, errors=errors,
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
