"""The "we missed you" messages that have not gone yet, for who leads the group."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, current_app, flash, g, redirect, render_template
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from services.notifications.commands import missed_you as commands
from services.notifications.queries.missed_you import ROLES, list_missed
from services.notifications.schemas import PersonalNoteForm
from shared.errors import Invalid, Refusal
from shared.security.access import requires_staff
from shared.web.forms import read_form, read_request_id, submitted_values
from shared.web.text import text

pages = Blueprint("missed", __name__)


@pages.get("/berichten/gemist")
@requires_staff(*ROLES)
def waiting() -> str:
    """Show who hears that they were missed, and when; access to each of them is logged."""
    return _page()


@pages.post("/berichten/gemist/<uuid:message_id>/tegenhouden")
@requires_staff(*ROLES)
def hold_back(message_id: UUID) -> Response:
    commands.hold_back_missed_you(g.actor, message_id=str(message_id), request_id=read_request_id())
    flash(text("done", "missed_held_back"))
    return redirect("/berichten/gemist", code=303)


@pages.post("/berichten/gemist/<uuid:message_id>/regel")
@requires_staff(*ROLES)
def write_personal_note(message_id: UUID) -> ResponseReturnValue:
    """Keep the note that goes with it; an empty one takes it away."""
    try:
        form = read_form(PersonalNoteForm)
        commands.write_personal_note(
            g.actor, message_id=str(message_id), personal_note=form["personal_note"], request_id=read_request_id()
        )
    except Invalid as wrong:
        return _page(str(message_id), wrong.errors["personal_note"]), wrong.status
    except Refusal as wrong:
        if wrong.code != "message_betrays":
            raise
        return _page(str(message_id), [text("refusals", "note_betrays")]), wrong.status
    flash(text("done", "note_kept" if form["personal_note"] else "note_gone"))
    return redirect("/berichten/gemist", code=303)


def _page(message_id: str = "", errors: list[str] | None = None) -> str:
    shown = list_missed(g.actor, current_app.extensions["sender_details"])
    commands.log_access(g.actor, shown)
    typed = submitted_values().get("personal_note", "") if message_id else ""
    return render_template(
        "notifications/missed_you/list.html", shown=shown, wrong_id=message_id, errors=errors or [], typed=typed
    )
