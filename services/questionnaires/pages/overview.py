"""For coordinators: how many lists are open, completed and closed in each group."""

from __future__ import annotations

from itertools import groupby

from flask import Blueprint, g, render_template

from services.questionnaires.queries.counts import ROLES, count_per_group
from shared.security.access import requires_staff

pages = Blueprint("overview", __name__)


@pages.get("/vragenlijsten")
@requires_staff(*ROLES)
def overview() -> str:
    """Numbers for each group; never who, never an answer."""
    counts = count_per_group(g.actor)
    by_organisation = [(name, list(rows)) for name, rows in groupby(counts, key=lambda one: one.organisation)]
    return render_template("questionnaires/overview.html", by_organisation=by_organisation)
