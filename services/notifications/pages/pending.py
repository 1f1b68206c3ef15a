"""How much waits here for who looks at Vandaag."""

from __future__ import annotations

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from services.notifications.queries import missed_you, replies
from services.notifications.queries.pending import get_waiting
from shared.security.access import requires_staff

pages = Blueprint("waits", __name__)


@pages.get("/berichten/wacht")
@requires_staff(*{*missed_you.ROLES, *replies.ROLES})
def waits() -> ResponseReturnValue:
    """Show entries for the list of Vandaag, numbers only; nothing when nothing waits."""
    waiting = get_waiting(g.actor)
    if waiting.is_quiet:
        return "", 204
    return render_template("notifications/pending/list.html", waiting=waiting)
