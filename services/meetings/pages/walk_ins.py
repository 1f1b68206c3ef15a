"""Somebody comes in who is not on the list: a new name, or somebody of before."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template
from werkzeug.wrappers import Response

from services.meetings.commands.access_log import log_access
from services.meetings.commands.walk_ins import register_walk_in, welcome_back
from services.meetings.pages.telling import told
from services.meetings.queries.meetings import get_meeting
from services.meetings.queries.walk_ins import list_former_members
from services.meetings.schemas.walk_ins import ReturnForm, WalkInForm
from shared.errors import Forbidden, Refusal
from shared.ids import new_id
from shared.security.access import requires_staff
from shared.web.forms import read_form, read_request_id, submitted_values
from shared.web.text import text

pages = Blueprint("walk_ins", __name__)


@pages.get("/bijeenkomsten/<meeting_id>/erbij")
@requires_staff("facilitator")
def ask_who(meeting_id: str) -> str:
    """Who came in."""
    return _page(meeting_id, new_id(), {}, {})


@pages.post("/bijeenkomsten/<meeting_id>/erbij")
@requires_staff("facilitator")
def somebody_new(meeting_id: str) -> Any:
    """Somebody who was never here."""
    try:
        register_walk_in(g.actor, meeting_id=meeting_id, **read_form(WalkInForm), request_id=read_request_id())
    except Refusal as wrong:
        return _page(
            meeting_id, read_request_id(), told(wrong, ("call_name",)), submitted_values(), wrong.code
        ), wrong.status
    return _welcomed(meeting_id)


@pages.post("/bijeenkomsten/<meeting_id>/terug")
@requires_staff("facilitator")
def somebody_again(meeting_id: str) -> Any:
    """Somebody who was here before."""
    try:
        welcome_back(g.actor, meeting_id=meeting_id, **read_form(ReturnForm), request_id=read_request_id())
    except Refusal as wrong:
        return _page(meeting_id, read_request_id(), told(wrong, ("membership_id",)), {}), wrong.status
    return _welcomed(meeting_id)


def _page(
    meeting_id: str, request_id: str, errors: dict[str, list[str]], values: dict[str, Any], code: str = ""
) -> str:
    meeting = get_meeting(g.actor, meeting_id)
    if not meeting.leads:
        raise Forbidden()
    log_access(
        g.actor, about_kind="group_members", about_id=meeting.group_id, organisation_id=meeting.organisation_id,
        purpose="walk_in",
    )  # fmt: skip
    return render_template(
        "meetings/walk_ins/walk_in.html",
        meeting=meeting,
        before=list_former_members(g.actor, meeting_id),
        request_id=request_id,
        errors=errors,
        values=values,
        asks_whether_else=code == "walk_in_was_here",
    )


def _welcomed(meeting_id: str) -> Response:
    flash(text("done", "walked_in"))
    return redirect(f"/bijeenkomsten/{meeting_id}", code=303)
