"""Beheer: who works for an organisation, and in which roles."""

from __future__ import annotations

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from services.meetings.commands import staff
from services.meetings.pages.organisations import managed_organisation, overview_of
from services.meetings.pages.sign_in import needs_code
from services.meetings.queries.organisations import OrganisationView
from services.meetings.queries.second_factor import get_app
from services.meetings.queries.staff import get_colleague
from services.meetings.schemas.staff import ColleagueForm, RolesForm
from shared.ids import new_id
from shared.security.access import requires_staff
from shared.web.forms import Errors, Values, handle_form, read_form

pages = Blueprint("staff", __name__)
ROLES = ("coordinator", "intro_worker", "facilitator", "messenger", "manager")


@pages.get("/beheer/<uuid:organisation_id>/medewerkers/nieuw")
@requires_staff("manager")
def ask_colleague(organisation_id: str) -> str:
    """Show the form to add a colleague."""
    return _colleague_page(managed_organisation(organisation_id), new_id(), {"roles": []}, {})


@pages.post("/beheer/<uuid:organisation_id>/medewerkers/nieuw")
@requires_staff("manager")
def invite(organisation_id: str) -> ResponseReturnValue:
    """Let somebody work for the organisation."""

    def act(request_id: str) -> tuple[str, str]:
        form = read_form(ColleagueForm, many=("roles",))
        staff.register_staff(g.actor, organisation_id=organisation_id, **form, request_id=request_id)
        return overview_of(organisation_id), "staff_registered"

    def show(request_id: str, values: Values, errors: Errors) -> str:
        return _colleague_page(managed_organisation(organisation_id), request_id, values, errors)

    return handle_form(act, show, fields=("roles",), many=("roles",))


@pages.get("/beheer/<uuid:organisation_id>/medewerkers/<uuid:staff_id>")
@requires_staff("manager")
def ask_roles(organisation_id: str, staff_id: str) -> str:
    """Show somebody's roles."""
    return _roles_page(organisation_id, staff_id, new_id(), {}, {})


@pages.post("/beheer/<uuid:organisation_id>/medewerkers/<uuid:staff_id>")
@requires_staff("manager")
def change_roles(organisation_id: str, staff_id: str) -> ResponseReturnValue:
    """Give somebody exactly these roles."""
    chosen = request.form.getlist("roles")

    def act(request_id: str) -> tuple[str, str]:
        form = read_form(RolesForm, many=("roles",))
        staff.change_roles(
            g.actor, organisation_id=organisation_id, staff_id=staff_id, **form, request_id=request_id
        )
        return overview_of(organisation_id), "roles_changed" if chosen else "staff_left"

    def show(request_id: str, values: Values, errors: Errors) -> str:
        return _roles_page(organisation_id, staff_id, request_id, values, errors)

    return handle_form(act, show, fields=("roles",), many=("roles",))


def _colleague_page(here: OrganisationView, request_id: str, values: Values, errors: Errors) -> str:
    return render_template(
        "meetings/staff/invite.html", here=here, request_id=request_id, errors=errors, values=values, roles=ROLES
    )


def _roles_page(organisation_id: str, staff_id: str, request_id: str, values: Values, errors: Errors) -> str:
    colleague = get_colleague(g.actor, organisation_id, staff_id)
    return render_template(
        "meetings/staff/roles.html",
        here=managed_organisation(organisation_id),
        colleague=colleague,
        request_id=request_id,
        errors=errors,
        roles=ROLES,
        chosen=values.get("roles", colleague.roles),
        app=get_app(g.actor, organisation_id, staff_id),
        needs_code=needs_code(),
    )
