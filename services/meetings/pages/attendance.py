"""Marking who is there, counting, and closing a meeting."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, g, redirect, render_template
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from services.meetings.commands.attendance import close_meeting, record_attendance, report_not_held, set_headcount
from services.meetings.pages.meetings import get_led_meeting, list_people, show_meeting
from services.meetings.schemas.attendance import CloseForm, HeadcountForm, MarkForm, StepForm
from shared.errors import Refusal
from shared.ids import new_id
from shared.security.access import requires_staff
from shared.web.forms import form_errors, handle_form, read_form, read_request_id, submitted_values
from shared.web.problems import wants_problem

pages = Blueprint("attendance", __name__)


@pages.post("/bijeenkomsten/<uuid:meeting_id>/wie")
@requires_staff("facilitator")
def mark(meeting_id: str) -> ResponseReturnValue:
    """Mark one member: one tap."""
    form = read_form(MarkForm)
    try:
        record_attendance(g.actor, meeting_id=meeting_id, **form, request_id=read_request_id())
    except Refusal as refusal:
        if wants_problem() or refusal.code != "marked_meanwhile":
            raise
        return show_meeting(meeting_id, new_id(), {}, form_errors(refusal, ())), refusal.status
    return _saved(meeting_id, f"m-{form['membership_id']}")


@pages.post("/bijeenkomsten/<uuid:meeting_id>/zonder-naam")
@requires_staff("facilitator")
def count_unnamed(meeting_id: str) -> ResponseReturnValue:
    """Count one more without a name, or one fewer."""
    set_headcount(g.actor, meeting_id=meeting_id, **read_form(StepForm), request_id=read_request_id())
    return _saved(meeting_id, "zonder-naam")


@pages.post("/bijeenkomsten/<uuid:meeting_id>/aantal")
@requires_staff("facilitator")
def count_heads(meeting_id: str) -> ResponseReturnValue:
    """Count everybody, in a group that keeps no names."""
    request_id = read_request_id()
    try:
        set_headcount(g.actor, meeting_id=meeting_id, **read_form(HeadcountForm), request_id=request_id)
    except Refusal as refusal:
        if wants_problem():
            raise
        errors = form_errors(refusal, ("headcount",))
        return show_meeting(meeting_id, request_id, submitted_values(), errors), refusal.status
    return _saved(meeting_id, "aantal")


@pages.post("/bijeenkomsten/<uuid:meeting_id>/klaar")
@requires_staff("facilitator")
def close(meeting_id: str) -> ResponseReturnValue:
    """Close the meeting: the button "Klaar"."""

    def act(request_id: str) -> tuple[str, str]:
        close_meeting(g.actor, meeting_id=meeting_id, **read_form(CloseForm), request_id=request_id)
        return f"/bijeenkomsten/{meeting_id}", "meeting_closed"

    return handle_form(act, partial(show_meeting, meeting_id), fields=("next_topic", "headcount", "unmarked"))


@pages.post("/bijeenkomsten/<uuid:meeting_id>/niet-doorgegaan")
@requires_staff("facilitator")
def not_held(meeting_id: str) -> ResponseReturnValue:
    """Report that the meeting did not take place."""

    def act(request_id: str) -> tuple[str, str]:
        report_not_held(g.actor, meeting_id=meeting_id, request_id=request_id)
        return f"/bijeenkomsten/{meeting_id}", "meeting_not_held"

    return handle_form(act, partial(show_meeting, meeting_id), fields=())


@pages.get("/bijeenkomsten/<uuid:meeting_id>/lijst")
@requires_staff("facilitator")
def paper(meeting_id: str) -> str:
    """Show the attendance list to print."""
    meeting = get_led_meeting(meeting_id)
    return render_template("meetings/attendance/paper.html", meeting=meeting, people=list_people(meeting))


def _saved(meeting_id: str, place: str) -> Response:
    """Answer a request by script with 204; without script, redirect to the same place on the page."""
    if wants_problem():
        return Response(status=204)
    return redirect(f"/bijeenkomsten/{meeting_id}#{place}", code=303)
