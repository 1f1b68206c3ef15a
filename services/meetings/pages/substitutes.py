"""Substitutes: who leads one meeting instead of its facilitator."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, flash, g, redirect, render_template
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from services.meetings.commands import substitutes
from services.meetings.queries.meeting_changes import get_plannable
from services.meetings.queries.staff import names_to_ask
from services.meetings.queries.substitutes import list_could_stand_in
from services.meetings.schemas.substitutes import SubstituteForm
from shared.ids import new_id
from shared.security.access import requires_staff
from shared.web.forms import Errors, Values, handle_form, read_form, read_request_id
from shared.web.text import text

pages = Blueprint("substitutes", __name__)


@pages.get("/bijeenkomsten/<uuid:meeting_id>/invallen")
@requires_staff("coordinator", "facilitator")
def ask_substitute(meeting_id: str) -> str:
    """Show who is a substitute, and who could be."""
    return _page(meeting_id, new_id(), {}, {})


@pages.post("/bijeenkomsten/<uuid:meeting_id>/invallen")
@requires_staff("coordinator", "facilitator")
def appoint(meeting_id: str) -> ResponseReturnValue:
    """Let somebody lead this one meeting."""

    def act(request_id: str) -> tuple[str, str]:
        form = read_form(SubstituteForm)
        substitutes.appoint_substitute(g.actor, meeting_id=meeting_id, **form, request_id=request_id)
        return f"/bijeenkomsten/{meeting_id}/invallen", "substitute_appointed"

    return handle_form(act, partial(_page, meeting_id), fields=("staff_id",))


@pages.post("/bijeenkomsten/<uuid:meeting_id>/invallen/<uuid:staff_id>/weg")
@requires_staff("coordinator", "facilitator")
def release(meeting_id: str, staff_id: str) -> Response:
    """End that somebody is a substitute."""
    substitutes.release_substitute(g.actor, meeting_id=meeting_id, staff_id=staff_id, request_id=read_request_id())
    flash(text("done", "substitute_released"))
    return redirect(f"/bijeenkomsten/{meeting_id}/invallen", code=303)


def _page(meeting_id: str, request_id: str, _values: Values, errors: Errors) -> str:
    meeting = get_plannable(g.actor, meeting_id)
    return render_template(
        "meetings/substitutes/substitutes.html",
        meeting=meeting,
        could=list_could_stand_in(g.actor, meeting_id),
        managers=names_to_ask(g.actor, [meeting.organisation_id], "manager"),
        request_id=request_id,
        errors=errors,
    )
