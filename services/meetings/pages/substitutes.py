"""Who leads one meeting in somebody's place."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template
from werkzeug.wrappers import Response

from services.meetings.commands import substitutes
from services.meetings.pages.telling import told
from services.meetings.queries.meeting_changes import get_plannable
from services.meetings.queries.substitutes import list_could_stand_in
from services.meetings.schemas.substitutes import SubstituteForm
from shared.errors import Refusal
from shared.ids import new_id
from shared.security.access import requires_staff
from shared.web.forms import read_form, read_request_id
from shared.web.text import text

pages = Blueprint("substitutes", __name__)


@pages.get("/bijeenkomsten/<meeting_id>/invallen")
@requires_staff("coordinator", "facilitator")
def ask_substitute(meeting_id: str) -> str:
    """Who stands in, and who could."""
    return _substitute_page(meeting_id, new_id(), {})


@pages.post("/bijeenkomsten/<meeting_id>/invallen")
@requires_staff("coordinator", "facilitator")
def substitute(meeting_id: str) -> Any:
    """Somebody leads this one meeting."""
    try:
        form = read_form(SubstituteForm)
        substitutes.appoint_substitute(g.actor, meeting_id=meeting_id, **form, request_id=read_request_id())
    except Refusal as wrong:
        return _substitute_page(meeting_id, read_request_id(), told(wrong, ("staff_id",))), wrong.status
    flash(text("done", "substitute_appointed"))
    return redirect(f"/bijeenkomsten/{meeting_id}/invallen", code=303)


@pages.post("/bijeenkomsten/<meeting_id>/invallen/<staff_id>/weg")
@requires_staff("coordinator", "facilitator")
def no_substitute(meeting_id: str, staff_id: str) -> Response:
    """Somebody does not lead it after all."""
    substitutes.release_substitute(g.actor, meeting_id=meeting_id, staff_id=staff_id, request_id=read_request_id())
    flash(text("done", "substitute_released"))
    return redirect(f"/bijeenkomsten/{meeting_id}/invallen", code=303)


def _substitute_page(meeting_id: str, request_id: str, errors: dict[str, list[str]]) -> str:
    found = get_plannable(g.actor, meeting_id)
    could = list_could_stand_in(g.actor, meeting_id)
    return render_template(
        "meetings/substitutes/substitutes.html", meeting=found, could=could, request_id=request_id, errors=errors
    )
