"""Beheer: the organisation, who works for it, and what it may use."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request
from werkzeug.wrappers import Response

from services.meetings.commands import staff as do
from services.meetings.pages.telling import told
from services.meetings.queries import staff as look
from services.meetings.queries.authenticators import get_app
from services.meetings.schemas import ColleagueForm, OrganisationForm, RolesForm
from shared.errors import NotFound, Refusal
from shared.ids import new_id
from shared.security.access import requires_staff
from shared.web.forms import read_form, read_request_id, submitted_values
from shared.web.text import text

pages = Blueprint("administration", __name__)
ROLES = ("coordinator", "intro_worker", "facilitator", "messenger", "manager")


@pages.get("/beheer")
@requires_staff("manager")
def overview() -> Any:
    """The organisation that this person manages; with several, the first or the one that was chosen."""
    managed = look.list_organisations(g.actor, "manager")
    wanted = request.args.get("organisatie")
    here = next((one for one in managed if wanted in (None, one.id)), None)
    if here is None:
        raise NotFound()
    return render_template(
        "meetings/administration.html", managed=managed, here=here,
        colleagues=look.list_colleagues(g.actor, here.id),
    )  # fmt: skip


@pages.get("/beheer/<organisation_id>/organisatie")
@requires_staff("manager")
def ask_organisation(organisation_id: str) -> str:
    """The form with how the organisation is called."""
    here = _managed(organisation_id)
    return _organisation_page(here, new_id(), {}, {"name": here.name, "region": here.region})


@pages.post("/beheer/<organisation_id>/organisatie")
@requires_staff("manager")
def change_organisation(organisation_id: str) -> Any:
    """Call it otherwise."""
    try:
        form = read_form(OrganisationForm)
        do.change_organisation(g.actor, organisation_id=organisation_id, **form, request_id=read_request_id())
    except Refusal as wrong:
        here = _managed(organisation_id)
        return _organisation_page(here, read_request_id(), told(wrong), submitted_values()), wrong.status
    return _back(organisation_id, "organisation_changed")


@pages.get("/beheer/<organisation_id>/nel")
@requires_staff("manager")
def ask_nel(organisation_id: str) -> str:
    """What it means to confirm the permission."""
    return render_template("meetings/nel_permission.html", here=_managed(organisation_id))


@pages.post("/beheer/<organisation_id>/nel")
@requires_staff("manager")
def confirm_nel(organisation_id: str) -> Response:
    """The organisation says that it may use the NEL."""
    do.confirm_questionnaire_permission(g.actor, organisation_id=organisation_id, request_id=read_request_id())
    return _back(organisation_id, "nel_confirmed")


@pages.get("/beheer/<organisation_id>/medewerkers/nieuw")
@requires_staff("manager")
def ask_colleague(organisation_id: str) -> str:
    """The form for somebody new."""
    return _colleague_page(_managed(organisation_id), new_id(), {}, {"roles": []})


@pages.post("/beheer/<organisation_id>/medewerkers/nieuw")
@requires_staff("manager")
def invite(organisation_id: str) -> Any:
    """Let somebody work for the organisation."""
    try:
        form = read_form(ColleagueForm, many=("roles",))
        do.register_staff(g.actor, organisation_id=organisation_id, **form, request_id=read_request_id())
    except Refusal as wrong:
        errors = told(wrong, ("roles",))
        typed = {**submitted_values(), "roles": request.form.getlist("roles")}
        return _colleague_page(_managed(organisation_id), read_request_id(), errors, typed), wrong.status
    return _back(organisation_id, "staff_registered")


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
        do.change_roles(
            g.actor, organisation_id=organisation_id, staff_id=staff_id, **form, request_id=read_request_id()
        )
    except Refusal as wrong:
        errors = told(wrong, ("roles",))
        return _roles_page(organisation_id, staff_id, read_request_id(), errors, chosen), wrong.status
    return _back(organisation_id, "roles_changed" if chosen else "staff_left")


def _managed(organisation_id: str) -> look.OrganisationView:
    for one in look.list_organisations(g.actor, "manager"):
        if one.id == organisation_id:
            return one
    raise NotFound()


def _back(organisation_id: str, code: str) -> Response:
    flash(text("done", code))
    return redirect(f"/beheer?organisatie={organisation_id}", code=303)


def _organisation_page(
    here: look.OrganisationView, request_id: str, errors: dict[str, list[str]], values: dict[str, Any]
) -> str:
    return render_template(
        "meetings/organisation.html", here=here, request_id=request_id, errors=errors, values=values
    )  # fmt: skip


def _colleague_page(
    here: look.OrganisationView, request_id: str, errors: dict[str, list[str]], values: dict[str, Any]
) -> str:
    return render_template(
        "meetings/colleague_new.html", here=here, request_id=request_id, errors=errors, values=values, roles=ROLES
    )


def _roles_page(
    organisation_id: str, staff_id: str, request_id: str, errors: dict[str, list[str]], chosen: list[str] | None
) -> str:
    colleague = look.get_colleague(g.actor, organisation_id, staff_id)
    return render_template(
        "meetings/colleague.html", here=_managed(organisation_id), colleague=colleague, request_id=request_id,
        errors=errors, roles=ROLES, chosen=colleague.roles if chosen is None else chosen,
        app=get_app(g.actor, organisation_id, staff_id),
    )  # fmt: skip
