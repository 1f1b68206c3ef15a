"""Beheer: the organisation, and what it may use."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from flask import Blueprint, current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from services.meetings.commands import organisations
from services.meetings.queries.installation import manages_installation
from services.meetings.queries.organisations import OrganisationView, list_organisations
from services.meetings.queries.staff import count_colleagues, page_colleagues
from services.meetings.schemas.organisations import OrganisationForm
from shared.discretion import PublicIdentity, betraying_words_of_sender, is_name_held
from shared.errors import or_not_found
from shared.ids import new_id
from shared.security.access import requires_staff
from shared.web.forms import Errors, Values, handle_form, read_form, read_request_id
from shared.web.listing import read_list_request
from shared.web.text import text

pages = Blueprint("organisations", __name__)


@pages.get("/beheer")
@requires_staff("manager")
def overview() -> ResponseReturnValue:
    """Show an organisation that the actor manages: the one that was chosen, or the first."""
    managed = list_organisations(g.actor, "manager")
    here, sender = chosen_among(managed, request.args.get("organisatie")), public_identity()
    asked = read_list_request("/beheer", request.args)
    page = asked.page_of(count_colleagues(g.actor, here.id, asked.until))
    return render_template(
        "meetings/organisations/overview.html",
        managed=managed,
        here=here,
        colleagues=page_colleagues(g.actor, here.id, asked.until, limit=page.size, offset=page.offset),
        asked=asked,
        page=page,
        manages_installation=manages_installation(g.actor),
        betraying=betraying_words_of_sender(f"{sender.name} {sender.url}"),
        is_held=is_name_held(here.name, sender),
    )


@pages.get("/beheer/<uuid:organisation_id>/organisatie")
@requires_staff("manager")
def ask_organisation(organisation_id: str) -> str:
    """Show the form with the organisation as it is."""
    here = managed_organisation(organisation_id)
    values = {"name": here.name, "region": here.region} | asdict(here.profile)
    return _organisation_page(here, new_id(), values, {})


@pages.post("/beheer/<uuid:organisation_id>/organisatie")
@requires_staff("manager")
def change_organisation(organisation_id: str) -> ResponseReturnValue:
    """Change how it is called and what it says of itself."""

    def act(request_id: str) -> tuple[str, str]:
        form = read_form(OrganisationForm)
        names = {name: form.pop(name) for name in ("name", "region")}
        sender = None if form.pop("keeps_words") else public_identity()
        organisations.change_organisation(
            g.actor, organisation_id=organisation_id, **names, profile=form, sender=sender, request_id=request_id
        )
        return overview_of(organisation_id), "organisation_changed"

    return handle_form(act, lambda *again: _organisation_page(managed_organisation(organisation_id), *again))


@pages.get("/beheer/<uuid:organisation_id>/nel")
@requires_staff("manager")
def ask_nel(organisation_id: str) -> str:
    """Show what it means to confirm the permission for the NEL."""
    return render_template(
        "meetings/organisations/nel_permission.html", here=managed_organisation(organisation_id)
    )


@pages.post("/beheer/<uuid:organisation_id>/nel")
@requires_staff("manager")
def confirm_nel(organisation_id: str) -> Response:
    """Confirm that the organisation may use the NEL."""
    organisations.confirm_questionnaire_permission(
        g.actor, organisation_id=organisation_id, request_id=read_request_id()
    )
    flash(text("done", "nel_confirmed"))
    return redirect(overview_of(organisation_id), code=303)


def managed_organisation(organisation_id: str) -> OrganisationView:
    """Return an organisation that the actor manages. NotFound."""
    return chosen_among(list_organisations(g.actor, "manager"), organisation_id)


def chosen_among(organisations: Iterable[OrganisationView], chosen_id: str | None) -> OrganisationView:
    """Return the organisation with this id, or the first one when None was chosen. NotFound."""
    return or_not_found(
        next((organisation for organisation in organisations if chosen_id in (None, organisation.id)), None)
    )


def public_identity() -> PublicIdentity:
    """Return what every message shows of us."""
    settings = current_app.extensions["settings"]
    return PublicIdentity(settings.sender_name, settings.public_url)


def overview_of(organisation_id: str) -> str:
    """Return the address of the page about this organisation."""
    return f"/beheer?organisatie={organisation_id}"


def _organisation_page(here: OrganisationView, request_id: str, values: Values, errors: Errors) -> str:
    return render_template(
        "meetings/organisations/organisation.html", here=here, request_id=request_id, errors=errors, values=values
    )
