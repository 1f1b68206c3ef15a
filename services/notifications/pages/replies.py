"""What people texted back, for who leads their group; access is logged, because it tells who wrote."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template
from werkzeug.wrappers import Response

from services.notifications.commands import replies
from services.notifications.queries.replies import ROLES, list_replies, read_reply
from shared.security.access import requires_staff
from shared.web.forms import read_request_id
from shared.web.text import text

pages = Blueprint("replies", __name__)


@pages.get("/berichten/antwoorden")
@requires_staff(*ROLES)
def listed() -> str:
    """Show who wrote, and which replies somebody has seen to already."""
    return render_template("notifications/replies/list.html", replies=list_replies(g.actor))


@pages.get("/berichten/antwoorden/<uuid:reply_id>")
@requires_staff(*ROLES)
def read(reply_id: UUID) -> str:
    """Show what somebody wrote."""
    reply = read_reply(g.actor, str(reply_id))
    replies.log_access(g.actor, reply.summary.id, reply.organisation_id, reply.participant_id)
    return render_template("notifications/replies/details.html", reply=reply)


@pages.post("/berichten/antwoorden/<uuid:reply_id>/gezien")
@requires_staff(*ROLES)
def mark_seen(reply_id: UUID) -> Response:
    replies.mark_seen(g.actor, reply_id=str(reply_id), request_id=read_request_id())
    flash(text("done", "reply_seen"))
    return redirect("/berichten/antwoorden", code=303)
