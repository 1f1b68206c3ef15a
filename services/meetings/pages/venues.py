"""Beheer: the places to meet of an organisation."""

from __future__ import annotations

from flask import Blueprint, g, render_template

from services.meetings.pages.organisations import managed_organisation
from services.meetings.queries.venues import list_venues
from shared.security.access import requires_staff

pages = Blueprint("venues", __name__)


@pages.get("/beheer/<organisation_id>/locaties")
@requires_staff("manager")
def venues(organisation_id: str) -> str:
    """Show every place by name, with its address."""
    here = managed_organisation(organisation_id)
    return render_template("meetings/venues/list.html", here=here, venues=list_venues(g.actor, organisation_id))
