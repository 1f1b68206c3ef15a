"""Beheer: who works for an organisation, and in which roles."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, render_template, request

from services.meetings.commands import staff
from services.meetings.pages.organisations import back_to_overview, managed_organisation
from services.meetings.pages.telling import told
from services.meetings.queries.organisations import OrganisationView
from services.meetings.queries.second_factor import get_app
from services.meetings.queries.staff import get_colleague
from services.meetings.schemas.staff import ColleagueForm, RolesForm
from shared.errors import Refusal
from shared.ids import new_id
from shared.security.access import requires_staff
from shared.web.forms import read_form, read_request_id, submitted_values

pages = Blueprint("staff", __name__)
ROLES = ("coordinator", "intro_worker", "facilitator", "messenger", "manager")


@pages.get("/beheer/<organisation_id>/medewerkers/nieuw")
@requires_staff("manager")
def ask_colleague(organisation_id: str) -> str:
    """The form for somebody new."""
    return _colleague_page(managed_organisation(organisation_id), new_id(), {}, {"roles": []})


@pages.post("/beheer/<organisation_id>/medewerkers/nieuw")
@requires_staff("manager")
def invite(organisation_id: str) -> Any:
    """Let somebody work for the organisation."""
    try:
        form = read_form(ColleagueForm, many=("roles",))
        staff.register_staff(g.actor, organisation_id=organisation_id, **form, request_id=read_request_id())
    except Refusal as wrong:
        errors = told(wrong, ("roles",))
        typed = {**submitted_values(), "roles": request.form.getlist("roles")}
        return _colleague_page(
            managed_organisation(organisation_id), read_request_id(), errors, typed
        ), wrong.status
    return back_to_overview(organisation_id, "staff_registered")


@pages.get("/beheer/<organisation_id>/medewerkers/<staff_id>")
@requires_staff("manager")
def ask_roles(organisation_id: str, staff_id: str) -> str:
    """What somebody does here."""
    return _roles_page(organisation_id, staff_id, new_id(), {}, None)


@pages.post("/beheer/<organisation_id>/medewerkers/<staff_id>")
@requires_staff("manager")
def change_roles(organisation_id: str, staff_id: str) -> Any:
    """Give exactly these roles."""
    chosen = request.form.getlist("roles")
    try:
        form = read_form(RolesForm, many=("roles",))
        staff.change_roles(
            g.actor, organisation_id=organisation_id, staff_id=staff_id, **form, request_id=read_request_id()
        )
    except Refusal as wrong:
        errors = told(wrong, ("roles",))
        return _roles_page(organisation_id, staff_id, read_request_id(), errors, chosen), wrong.status
    return back_to_overview(organisation_id, "roles_changed" if chosen else "staff_left")


def _colleague_page(
    here: OrganisationView, request_id: str, errors: dict[str, list[str]], values: dict[str, Any]
) -> str:
    return render_template(
        "meetings/staff/invite.html", here=here, request_id=request_id, errors=errors, values=values, roles=ROLES
    )


def _roles_page(
    organisation_id: str, staff_id: str, request_id: str, errors: dict[str, list[str]], chosen: list[str] | None
) -> str:
    colleague = get_colleague(g.actor, organisation_id, staff_id)
    return render_template(
        "meetings/staff/roles.html",
        here=managed_organisation(organisation_id),
        colleague=colleague,
        request_id=request_id,
        errors=errors,
        roles=ROLES,
        chosen=colleague.roles if chosen is None else chosen,
        app=get_app(g.actor, organisation_id, staff_id),
    )
