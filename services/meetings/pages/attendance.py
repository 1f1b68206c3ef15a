"""Marking who is there, counting, and closing a meeting."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request
from werkzeug.wrappers import Response

from services.meetings.commands.attendance import close_meeting, record_attendance, report_not_held, set_headcount
from services.meetings.pages.meetings import get_led_meeting, list_people, show_meeting
from services.meetings.pages.telling import told
from services.meetings.schemas.attendance import CloseForm, HeadcountForm, MarkForm, StepForm
from shared.errors import Refusal
from shared.ids import new_id
from shared.security.access import requires_staff
from shared.web.forms import read_form, read_request_id
from shared.web.problems import wants_problem
from shared.web.text import text

pages = Blueprint("attendance", __name__)


@pages.post("/bijeenkomsten/<meeting_id>/wie")
@requires_staff("facilitator")
def mark(meeting_id: str) -> Any:
    """One tap."""
    form = read_form(MarkForm)
    try:
        record_attendance(g.actor, meeting_id=meeting_id, **form, request_id=read_request_id())
    except Refusal as wrong:
        if wants_problem() or wrong.code != "marked_meanwhile":
            raise
        return show_meeting(meeting_id, new_id(), told(wrong)), wrong.status
    return _saved(meeting_id, f"m-{form['membership_id']}")


@pages.post("/bijeenkomsten/<meeting_id>/zonder-naam")
@requires_staff("facilitator")
def count_unnamed(meeting_id: str) -> Any:
    """One more without a name, or one fewer."""
    set_headcount(g.actor, meeting_id=meeting_id, **read_form(StepForm), request_id=read_request_id())
    return _saved(meeting_id, "zonder-naam")


@pages.post("/bijeenkomsten/<meeting_id>/aantal")
@requires_staff("facilitator")
def count_heads(meeting_id: str) -> Any:
    """So many people, in a group that keeps no names."""
    try:
        set_headcount(g.actor, meeting_id=meeting_id, **read_form(HeadcountForm), request_id=read_request_id())
    except Refusal as wrong:
        if wants_problem():
            raise
        typed = {"headcount": request.form.get("headcount")}
        return show_meeting(meeting_id, read_request_id(), told(wrong, ("headcount",)), typed), wrong.status
    return _saved(meeting_id, "aantal")


@pages.post("/bijeenkomsten/<meeting_id>/klaar")
@requires_staff("facilitator")
def close(meeting_id: str) -> Any:
    """The button "Klaar"."""
    try:
        close_meeting(g.actor, meeting_id=meeting_id, **read_form(CloseForm), request_id=read_request_id())
    except Refusal as wrong:
        typed = {"next_topic": request.form.get("next_topic")}
        return show_meeting(meeting_id, read_request_id(), told(wrong, ("next_topic",)), typed), wrong.status
    flash(text("done", "meeting_closed"))
    return redirect(f"/bijeenkomsten/{meeting_id}", code=303)


@pages.post("/bijeenkomsten/<meeting_id>/niet-doorgegaan")
@requires_staff("facilitator")
def not_held(meeting_id: str) -> Any:
    """It did not take place after all."""
    try:
        report_not_held(g.actor, meeting_id=meeting_id, request_id=read_request_id())
    except Refusal as wrong:
        return show_meeting(meeting_id, read_request_id(), told(wrong)), wrong.status
    flash(text("done", "meeting_not_held"))
    return redirect(f"/bijeenkomsten/{meeting_id}", code=303)


@pages.get("/bijeenkomsten/<meeting_id>/lijst")
@requires_staff("facilitator")
def paper(meeting_id: str) -> str:
    """The attendance list to print."""
    found = get_led_meeting(meeting_id)
    return render_template("meetings/attendance/paper.html", meeting=found, people=list_people(found))


def _saved(meeting_id: str, place: str) -> Response:
    """A tap by script gets an empty answer; a press without it sees the page again, at the same place."""
    if wants_problem():
        return Response(status=204)
    return redirect(f"/bijeenkomsten/{meeting_id}#{place}", code=303)
