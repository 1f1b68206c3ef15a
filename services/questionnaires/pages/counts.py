"""How many lists are open, completed and closed in each group, for coordinators."""

from __future__ import annotations

from itertools import groupby

from flask import Blueprint, g, render_template

from services.questionnaires.queries.counts import ROLES, list_overview
from shared.security.access import requires_staff

pages = Blueprint("counts", __name__)


@pages.get("/vragenlijsten")
@requires_staff(*ROLES)
def show() -> str:
    """Show numbers for each group; never who, never an answer."""
    by_organisation = [
        (name, list(rows)) for name, rows in groupby(list_overview(g.actor), key=lambda row: row.organisation)
    ]
    return render_template("questionnaires/counts/counts.html", by_organisation=by_organisation)
