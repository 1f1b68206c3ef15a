"""The list of groups, one group, starting one, and who leads it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from flask import Blueprint, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
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
from services.meetings.pages.organisations import chosen_among, public_identity
from services.meetings.queries import kinds
from services.meetings.queries.groups import ANY_GROUP, count_groups, get_group, list_groups
from services.meetings.queries.meetings import list_meetings
from services.meetings.queries.memberships import list_members
from services.meetings.queries.organisations import list_organisations
from services.meetings.queries.series import list_rhythm_days
from services.meetings.queries.staff import list_colleagues, names_to_ask
from services.meetings.queries.venues import list_venues
from services.meetings.schemas.groups import (
    NEW_VENUE,
    NO_VENUE,
    FacilitatorForm,
    NewGroupForm,
    read_group_filter,
)
from shared.errors import Forbidden, NotFound, Refusal
from shared.ids import new_id
from shared.security.access import requires_staff
from shared.web.forms import Errors, Values, done_at, handle_form, read_form, read_request_id
from shared.web.listing import read_list_request
from shared.web.text import text

pages = Blueprint("groups", __name__)
ROLES = ("coordinator", "facilitator", "manager")
GROUPS_SHOWN = 40
MANY = ("venue_features", "after_absence", "questionnaires")
USUAL_TIME, USUAL_MINUTES, MOST_WEEKS = "19:30", 120, 6
# What somebody asks first about a group; the other rules are one tap further.
FIRST_RULES = ("admission", "intro_talk", "audience", "entry_condition", "questionnaires")


@pages.get("/groepen")
@requires_staff(*ROLES)
def groups() -> str:
    """Show the groups of the organisations that this person works for, their own first, page by page."""
    asked = read_list_request("/groepen", request.args, size=GROUPS_SHOWN)
    filters = read_group_filter(request.args)
    wanted = replace(filters, until=asked.until)
    page = asked.page_of(count_groups(g.actor, wanted))
    own = list_organisations(g.actor)
    return render_template(
        "meetings/groups/list.html",
        groups=list_groups(g.actor, wanted, limit=page.size, offset=page.offset),
        asked=asked,
        page=page,
        filters=filters,
        is_filtered=filters != ANY_GROUP,
        kinds=[(kind.code, kind.label) for kind in kinds.list_kinds()],
        organisations=[(organisation.id, organisation.name) for organisation in own] if len(own) > 1 else [],
        may_start=bool(g.actor.organisations("coordinator")),
        has_several=len(g.actor.grants) > 1,
    )


@pages.get("/groepen/<uuid:group_id>")
@requires_staff()
def group(group_id: str) -> str:
    """Show one group; its members only to whoever may see them, and the access is logged."""
    view = get_group(g.actor, group_id)
    members = None
    if view.rights.see_members and view.summary.keeps_names:
        members = list_members(g.actor, group_id)
        log_access(
            g.actor,
            about_kind="group_members",
            about_id=group_id,
            organisation_id=view.summary.organisation_id,
            purpose="overview",
        )
    return render_template(
        "meetings/groups/group.html",
        group=view,
        members=members,
        meetings=list_meetings(g.actor, group_id),
        first_rules=rule_words(view.rules, FIRST_RULES),
        rules=rule_words(view.rules),
        agenda=agenda_words(view.rules),
    )


@pages.get("/groepen/<uuid:group_id>/begeleiders")
@requires_staff("coordinator", "manager")
def facilitators(group_id: str) -> ResponseReturnValue:
    """Show who leads the group, and who could."""
    return _facilitators_page(group_id, new_id(), {}, {})


@pages.post("/groepen/<uuid:group_id>/begeleiders")
@requires_staff("coordinator", "manager")
def appoint(group_id: str) -> ResponseReturnValue:
    """Let somebody lead the group."""

    def act(request_id: str) -> tuple[str, str]:
        appoint_facilitator(g.actor, group_id=group_id, **read_form(FacilitatorForm), request_id=request_id)
        return f"/groepen/{group_id}/begeleiders", "facilitator_appointed"

    return handle_form(act, partial(_facilitators_page, group_id), fields=())


@pages.post("/groepen/<uuid:group_id>/begeleiders/<uuid:staff_id>/weg")
@requires_staff("coordinator", "manager")
def release(group_id: str, staff_id: str) -> Response:
    """End that somebody leads the group."""
    release_facilitator(g.actor, group_id=group_id, staff_id=staff_id, request_id=read_request_id())
    flash(text("done", "facilitator_released"))
    return redirect(f"/groepen/{group_id}/begeleiders", code=303)


@pages.get("/groepen/nieuw")
@requires_staff("coordinator")
def new() -> str:
    """Show the kinds to choose from, or with `?soort=` the form for one of them."""
    code = request.args.get("soort")
    if code is None:
        return render_template("meetings/groups/choose_kind.html", kinds=kinds.list_kinds())
    return _form_page(code, request.args.get("organisatie"), new_id(), {}, {})


@pages.post("/groepen/nieuw")
@requires_staff("coordinator")
def start() -> ResponseReturnValue:
    """Start a group with all that was filled in."""

    def act(request_id: str) -> tuple[str, str]:
        form = read_form(NewGroupForm, many=MANY)
        group_id = set_up_group(
            g.actor,
            organisation_id=form["organisation_id"],
            kind=form["kind"],
            name=form["name"],
            overrides=_overrides(form),
            venue=_venue(form),
            themes=form.get("themes", "").split(","),
            questionnaires=form["questionnaires"],
            facilitators=_facilitators(form),
            rhythm=_rhythm(form),
            sender=None if form["keeps_words"] else public_identity(),
            request_id=request_id,
        )
        return f"/groepen/{group_id}", _done(form)

    def show(request_id: str, values: Values, errors: Errors) -> str:
        organisation_id = request.form.get("organisation_id")
        return _form_page(request.form.get("kind", ""), organisation_id, request_id, values, errors)

    return handle_form(act, show, fields=NewGroupForm().fields, many=MANY)


def _facilitators_page(group_id: str, request_id: str, _values: Values, errors: Errors) -> str:
    view = get_group(g.actor, group_id)
    if not view.rights.appoint:
        raise Forbidden()
    leading = {leader.staff_id for leader in view.leaders}
    could = [
        colleague
        for colleague in list_colleagues(g.actor, view.summary.organisation_id)
        if "facilitator" in colleague.roles and colleague.id not in leading
    ]
    return render_template(
        "meetings/groups/facilitators.html",
        group=view,
        could=could,
        managers=names_to_ask(g.actor, [view.summary.organisation_id], "manager"),
        request_id=request_id,
        errors=errors,
    )


def _form_page(code: str, organisation_id: str | None, request_id: str, values: Values, errors: Errors) -> str:
    try:
        kind = kinds.get_kind(code)
    except Refusal:
        raise NotFound() from None
    organisations = list_organisations(g.actor, "coordinator")
    here = chosen_among(organisations, organisation_id)
    colleagues = [person for person in list_colleagues(g.actor, here.id) if "facilitator" in person.roles]
    return render_template(
        "meetings/groups/new.html", kind=kind, organisations=organisations, here=here, colleagues=colleagues,
        managers=names_to_ask(g.actor, [here.id], "manager"),
        venues=list_venues(g.actor, here.id), request_id=request_id, errors=errors,
        values={**_usual(code), **values}, most_weeks=MOST_WEEKS, new_venue=NEW_VENUE, no_venue=NO_VENUE,
    )  # fmt: skip


def _usual(code: str) -> Values:
    """Return the initial values: those of the kind, else what is usual."""
    rules = kinds.get_kind(code).rules
    return {
        "max_size": rules.max_size,
        "admission": rules.admission,
        "audience": rules.audience,
        "interval_weeks": rules.interval_weeks,
        "every_weeks": rules.every_weeks or 1,
        "minutes": rules.minutes or USUAL_MINUTES,
        "at": USUAL_TIME,
        "after_absence": rules.after_absence or (),
    }


def _overrides(form: Values) -> Values:
    """Return the rules in which the form differs from the kind; an emptied maximum is no maximum."""
    preset = kinds.get_kind(form["kind"]).rules
    answers: Values = {name: form.get(name) for name in ("audience", "admission", "max_size")}
    answers["interval_weeks"] = form.get("interval_weeks") if form.get("admission") == "intervals" else None
    for name in ("every_weeks", "minutes"):
        if "first_on" in form:
            answers[name] = form.get(name)
    overrides = {name: value for name, value in answers.items() if value != getattr(preset, name)}
    if set(form["after_absence"]) != set(preset.after_absence or ()):
        overrides["after_absence"] = form["after_absence"]
    return overrides


def _venue(form: Values) -> str | NewVenue | None:
    if form["venue_id"] == NO_VENUE:
        return None
    if form["venue_id"] != NEW_VENUE:
        return str(form["venue_id"])
    return NewVenue(form["venue_name"], form["venue_address"], form["venue_area"], tuple(form["venue_features"]))


def _facilitators(form: Values) -> dict[str, str]:
    named = {form.get("co_facilitator"): "co", form.get("first_facilitator"): "first"}
    return {staff_id: place for staff_id, place in named.items() if staff_id}


def _done(form: Values) -> str:
    if "first_on" not in form:
        return "group_started"
    days = list_rhythm_days(form["first_on"], form["at"], form["every_weeks"], form["minutes"])
    return done_at("group_started", form["at"], *days)


def _rhythm(form: Values) -> NewRhythm | None:
    if "first_on" not in form:
        return None
    return NewRhythm(form["first_on"], form["at"], form["every_weeks"], form["minutes"])
