"""Walk-ins: somebody who comes in and is not on the list, new or a former member."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, flash, g, redirect, render_template
from flask.typing import ResponseReturnValue

from services.meetings.commands.access_log import log_access
from services.meetings.commands.walk_ins import register_walk_in, welcome_back
from services.meetings.queries.meetings import get_meeting
from services.meetings.queries.walk_ins import list_former_members
from services.meetings.schemas.walk_ins import ReturnForm, WalkInForm
from shared.errors import Forbidden, Refusal
from shared.ids import new_id
from shared.security.access import requires_staff
from shared.web.forms import Errors, Values, form_errors, handle_form, read_form, read_request_id, submitted_values
from shared.web.text import text

pages = Blueprint("walk_ins", __name__)


@pages.get("/bijeenkomsten/<uuid:meeting_id>/erbij")
@requires_staff("facilitator")
def ask_who(meeting_id: str) -> str:
    """Show the form for a walk-in."""
    return _page(meeting_id, new_id(), {}, {})


@pages.post("/bijeenkomsten/<uuid:meeting_id>/erbij")
@requires_staff("facilitator")
def somebody_new(meeting_id: str) -> ResponseReturnValue:
    """Register somebody new; where the name is known, ask whether it is somebody else."""
    request_id = read_request_id()
    try:
        register_walk_in(g.actor, meeting_id=meeting_id, **read_form(WalkInForm), request_id=request_id)
    except Refusal as refusal:
        errors = form_errors(refusal, ("call_name",))
        may_be_other_person = refusal.code == "walk_in_was_here"
        page = _page(meeting_id, request_id, submitted_values(), errors, may_be_other_person=may_be_other_person)
        return page, refusal.status
    flash(text("done", "walked_in"))
    return redirect(f"/bijeenkomsten/{meeting_id}", code=303)


@pages.post("/bijeenkomsten/<uuid:meeting_id>/terug")
@requires_staff("facilitator")
def somebody_again(meeting_id: str) -> ResponseReturnValue:
    """Register a former member who is here again."""

    def act(request_id: str) -> tuple[str, str]:
        welcome_back(g.actor, meeting_id=meeting_id, **read_form(ReturnForm), request_id=request_id)
        return f"/bijeenkomsten/{meeting_id}", "walked_in"

    return handle_form(act, partial(_page, meeting_id), fields=("membership_id",))


def _page(
    meeting_id: str, request_id: str, values: Values, errors: Errors, *, may_be_other_person: bool = False
) -> str:
    meeting = get_meeting(g.actor, meeting_id)
    if not meeting.leads:
        raise Forbidden()
    log_access(
        g.actor,
        about_kind="group_members",
        about_id=meeting.group_id,
        organisation_id=meeting.organisation_id,
        purpose="walk_in",
    )
    return render_template(
        "meetings/walk_ins/walk_in.html",
        meeting=meeting,
        before=list_former_members(g.actor, meeting_id),
        request_id=request_id,
        errors=errors,
        values=values,
        may_be_other_person=may_be_other_person,
    )
