"""Vandaag: what needs the actor today, with one button each."""

from __future__ import annotations

from flask import Blueprint, g, render_template

from services.meetings.commands.access_log import log_access
from services.meetings.queries.today import get_today, list_pending_counts
from shared import clock
from shared.security.access import requires_staff

pages = Blueprint("today", __name__)


@pages.get("/")
@requires_staff()
def today() -> str:
    """Show what needs this member of staff today."""
    today = get_today(g.actor)
    for organisation_id in today.people_of:
        log_access(
            g.actor,
            about_kind="signups",
            about_id=organisation_id,
            organisation_id=organisation_id,
            purpose="today",
        )
    return render_template(
        "meetings/today/today.html", today=today, on=clock.today(), pending_counts=list_pending_counts(g.actor)
    )
