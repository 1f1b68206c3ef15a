"""Beheer: the organisation, and what it may use."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request
from werkzeug.wrappers import Response

from services.meetings.commands import organisations
from services.meetings.pages.telling import told
from services.meetings.queries.organisations import OrganisationView, list_organisations
from services.meetings.queries.staff import list_colleagues
from services.meetings.schemas.organisations import OrganisationForm
from shared.errors import NotFound, Refusal
from shared.ids import new_id
from shared.security.access import requires_staff
from shared.web.forms import read_form, read_request_id, submitted_values
from shared.web.text import text

pages = Blueprint("administration", __name__)


@pages.get("/beheer")
@requires_staff("manager")
def overview() -> Any:
    """The organisation that this person manages; with several, the first or the one that was chosen."""
    managed = list_organisations(g.actor, "manager")
    wanted = request.args.get("organisatie")
    here = next((one for one in managed if wanted in (None, one.id)), None)
    if here is None:
        raise NotFound()
    return render_template(
        "meetings/organisations/overview.html", managed=managed, here=here,
        colleagues=list_colleagues(g.actor, here.id),
    )  # fmt: skip


@pages.get("/beheer/<organisation_id>/organisatie")
@requires_staff("manager")
def ask_organisation(organisation_id: str) -> str:
    """The form with how the organisation is called."""
    here = managed_organisation(organisation_id)
    return _organisation_page(here, new_id(), {}, {"name": here.name, "region": here.region})


@pages.post("/beheer/<organisation_id>/organisatie")
@requires_staff("manager")
def change_organisation(organisation_id: str) -> Any:
    """Call it otherwise."""
    try:
        form = read_form(OrganisationForm)
        organisations.change_organisation(
            g.actor, organisation_id=organisation_id, **form, request_id=read_request_id()
        )
    except Refusal as wrong:
        here = managed_organisation(organisation_id)
        return _organisation_page(here, read_request_id(), told(wrong), submitted_values()), wrong.status
    return back_to_overview(organisation_id, "organisation_changed")


@pages.get("/beheer/<organisation_id>/nel")
@requires_staff("manager")
def ask_nel(organisation_id: str) -> str:
    """What it means to confirm the permission."""
    return render_template(
        "meetings/organisations/nel_permission.html", here=managed_organisation(organisation_id)
    )


@pages.post("/beheer/<organisation_id>/nel")
@requires_staff("manager")
def confirm_nel(organisation_id: str) -> Response:
    """The organisation says that it may use the NEL."""
    organisations.confirm_questionnaire_permission(
        g.actor, organisation_id=organisation_id, request_id=read_request_id()
    )
    return back_to_overview(organisation_id, "nel_confirmed")


def managed_organisation(organisation_id: str) -> OrganisationView:
    for one in list_organisations(g.actor, "manager"):
        if one.id == organisation_id:
            return one
    raise NotFound()


def back_to_overview(organisation_id: str, code: str) -> Response:
    flash(text("done", code))
    return redirect(f"/beheer?organisatie={organisation_id}", code=303)


def _organisation_page(
    here: OrganisationView, request_id: str, errors: dict[str, list[str]], values: dict[str, Any]
) -> str:
    return render_template(
        "meetings/organisations/organisation.html", here=here, request_id=request_id, errors=errors, values=values
    )  # fmt: skip
