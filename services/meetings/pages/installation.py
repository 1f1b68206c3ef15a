"""Beheer of the whole installation: which organisations there are, adding one, and who may do that."""

from __future__ import annotations

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from services.meetings.commands import installation
from services.meetings.pages.organisations import public_identity
from services.meetings.queries.installation import (
    check_manages_installation,
    list_all_organisations,
    list_installation_managers,
)
from services.meetings.schemas.installation import AppointForm, FirstManagerForm
from shared.ids import new_id
from shared.security.access import requires_staff
from shared.web.forms import Errors, Values, handle_form, read_form

pages = Blueprint("installation", __name__)
OVERVIEW = "/beheer/installatie"


@pages.get(OVERVIEW)
@requires_staff("manager")
def overview() -> str:
    """Show every organisation by name, and who may add one. Only for who manages the installation."""
    return _overview_page(new_id(), {}, {})


@pages.get(f"{OVERVIEW}/organisaties/nieuw")
@requires_staff("manager")
def ask_organisation() -> str:
    """Show the form of an organisation and its first manager."""
    return _organisation_page(new_id(), {}, {})


@pages.post(f"{OVERVIEW}/organisaties/nieuw")
@requires_staff("manager")
def add_organisation() -> ResponseReturnValue:
    """Add an organisation with its first manager."""

    def act(request_id: str) -> tuple[str, str]:
        form = read_form(FirstManagerForm)
        sender = None if form.pop("keeps_words") else public_identity()
        installation.add_organisation(g.actor, **form, sender=sender, request_id=request_id)
        return OVERVIEW, "organisation_added"

    return handle_form(act, _organisation_page)


@pages.post(f"{OVERVIEW}/beheerders")
@requires_staff("manager")
def appoint() -> ResponseReturnValue:
    """Let another manager manage the installation too."""

    def act(request_id: str) -> tuple[str, str]:
        installation.appoint_installation_manager(g.actor, **read_form(AppointForm), request_id=request_id)
        return OVERVIEW, "installation_manager_appointed"

    return handle_form(act, _overview_page)


@pages.post(f"{OVERVIEW}/beheerders/<uuid:staff_id>/weg")
@requires_staff("manager")
def release(staff_id: str) -> ResponseReturnValue:
    """End that somebody manages the installation."""

    def act(request_id: str) -> tuple[str, str]:
        installation.release_installation_manager(g.actor, staff_id=staff_id, request_id=request_id)
        return OVERVIEW if staff_id != g.actor.id else "/beheer", "installation_manager_released"

    return handle_form(act, lambda *again: _overview_page(new_id(), *again[1:]), fields=())


def _overview_page(request_id: str, values: Values, errors: Errors) -> str:
    return render_template(
        "meetings/installation/overview.html",
        organisations=list_all_organisations(g.actor),
        managers=list_installation_managers(g.actor),
        request_id=request_id,
        values=values,
        errors=errors,
    )


def _organisation_page(request_id: str, values: Values, errors: Errors) -> str:
    check_manages_installation(g.actor)
    return render_template(
        "meetings/installation/organisation.html", request_id=request_id, values=values, errors=errors
    )
