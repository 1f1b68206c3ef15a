"""Vandaag: the appointments of the actor, what needs them with one button each, and what they may start."""

from __future__ import annotations

from flask import Blueprint, g, render_template

from services.meetings.commands.access_log import log_today
from services.meetings.queries.today import get_today, list_pending_counts, list_quick_actions
from shared import clock
from shared.security.access import requires_staff

pages = Blueprint("today", __name__)


@pages.get("/")
@requires_staff()
def today() -> str:
    """Show what needs this member of staff today."""
    today = get_today(g.actor)
    log_today(g.actor, today.people_of)
    return render_template(
        "meetings/today/today.html",
        today=today,
        on=clock.today(),
        pending_counts=list_pending_counts(g.actor),
        quick_actions=list_quick_actions(g.actor),
    )
