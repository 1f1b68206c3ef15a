"""How many lists are open, completed and closed in each group, for coordinators."""

from __future__ import annotations

from itertools import groupby

from flask import Blueprint, g, render_template, request

from services.questionnaires.queries.counts import ROLES, count_groups, list_overview
from shared.security.access import requires_staff
from shared.web.listing import read_list_request

pages = Blueprint("counts", __name__)


@pages.get("/vragenlijsten")
@requires_staff(*ROLES)
def show() -> str:
    """Show numbers for each group; never who, never an answer."""
    asked = read_list_request("/vragenlijsten", request.args)
    page = asked.page_of(count_groups(g.actor, asked.until))
    rows = list_overview(g.actor, limit=page.size, offset=page.offset, until=asked.until)
    by_organisation = [(name, list(of_one)) for name, of_one in groupby(rows, key=lambda row: row.organisation)]
    return render_template(
        "questionnaires/counts/counts.html", by_organisation=by_organisation, page=page, asked=asked
    )
