"""One meeting, on the phone of who leads it: who is there, and "Klaar"."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request
from werkzeug.wrappers import Response

from services.meetings.commands.attendance import (
    close_meeting,
    record_attendance,
    report_not_held,
    set_headcount,
)
from services.meetings.commands.looks import note_look
from services.meetings.pages.telling import say, told
from services.meetings.queries import meetings as look
from services.meetings.queries.changes import get_standing
from services.meetings.schemas import CloseForm, HeadcountForm, MarkForm, UnnamedForm
from shared.errors import Forbidden, Refusal
from shared.ids import new_id
from shared.web.asks import asks_staff
from shared.web.errors import wants_problem
from shared.web.forms import read_form, request_id

pages = Blueprint("meetings", __name__)


@pages.get("/bijeenkomsten/<meeting_id>")
@asks_staff()
def meeting(meeting_id: str) -> str:
    """The meeting; names only for who leads the group, and that is noted."""
    return _page(meeting_id, new_id(), {}, None)


@pages.post("/bijeenkomsten/<meeting_id>/wie")
@asks_staff("facilitator")
def mark(meeting_id: str) -> Response:
    """One tap."""
    form = read_form(MarkForm)
    record_attendance(g.actor, meeting_id=meeting_id, **form, request_id=request_id())
    return _saved(meeting_id, f"m-{form['membership_id']}")


@pages.post("/bijeenkomsten/<meeting_id>/zonder-naam")
@asks_staff("facilitator")
def count_unnamed(meeting_id: str) -> Any:
    """So many people without a name."""
    form = read_form(UnnamedForm)
    unnamed = max(0, form["unnamed"] + form["step"])
    set_headcount(g.actor, meeting_id=meeting_id, unnamed=unnamed, request_id=request_id())
    return _saved(meeting_id, "zonder-naam")


@pages.post("/bijeenkomsten/<meeting_id>/aantal")
@asks_staff("facilitator")
def count_heads(meeting_id: str) -> Any:
    """So many people, in a group that keeps no names."""
    try:
        headcount = read_form(HeadcountForm)["headcount"]
        set_headcount(g.actor, meeting_id=meeting_id, headcount=headcount, request_id=request_id())
    except Refusal as wrong:
        if wants_problem():
            raise
        typed = request.form.get("headcount")
        return _page(meeting_id, request_id(), told(wrong, ("headcount",)), typed), wrong.status
    return _saved(meeting_id, "aantal")


@pages.post("/bijeenkomsten/<meeting_id>/klaar")
@asks_staff("facilitator")
def close(meeting_id: str) -> Any:
    """The button "Klaar"."""
    try:
        close_meeting(g.actor, meeting_id=meeting_id, **read_form(CloseForm), request_id=request_id())
    except Refusal as wrong:
        return _page(meeting_id, request_id(), told(wrong, ("next_topic",)), None), wrong.status
    flash(say("done", "meeting_closed"))
    return redirect(f"/bijeenkomsten/{meeting_id}", code=303)


@pages.post("/bijeenkomsten/<meeting_id>/niet-doorgegaan")
@asks_staff("facilitator")
def not_held(meeting_id: str) -> Any:
    """It did not take place after all."""
    try:
        report_not_held(g.actor, meeting_id=meeting_id, request_id=request_id())
    except Refusal as wrong:
        return _page(meeting_id, request_id(), told(wrong), None), wrong.status
    flash(say("done", "meeting_not_held"))
    return redirect(f"/bijeenkomsten/{meeting_id}", code=303)


@pages.get("/bijeenkomsten/<meeting_id>/lijst")
@asks_staff("facilitator")
def paper(meeting_id: str) -> str:
    """The attendance list to print."""
    found = look.get_meeting(g.actor, meeting_id)
    if not found.leads:
        raise Forbidden()
    return render_template("meetings/attendance_paper.html", meeting=found, people=_people(found))


def _page(meeting_id: str, form_id: str, errors: dict[str, list[str]], typed: str | None) -> str:
    found = look.get_meeting(g.actor, meeting_id)
    people = _people(found) if found.leads and found.keeps_names else []
    return render_template(
        "meetings/meeting.html", meeting=found, people=people, form_id=form_id, errors=errors,
        headcount=typed if typed is not None else found.unnamed, changes=get_standing(g.actor, meeting_id),
    )  # fmt: skip


def _people(found: look.MeetingView) -> list[look.AttendanceLine]:
    note_look(
        g.actor, about_kind="attendance", about_id=found.line.id, organisation_id=found.organisation_id,
        purpose="lead_meeting",
    )  # fmt: skip
    return look.list_attendance(g.actor, found.line.id)


def _saved(meeting_id: str, place: str) -> Response:
    """A tap by script gets an empty answer; a press without it sees the page again, at the same place."""
    if wants_problem():
        return Response(status=204)
    return redirect(f"/bijeenkomsten/{meeting_id}#{place}", code=303)
