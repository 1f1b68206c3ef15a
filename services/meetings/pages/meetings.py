"""One meeting, on the phone of who leads it: who is there, and "Klaar"."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Any

from flask import Blueprint, flash, g, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response

from services.meetings.commands.attendance import (
    close_meeting,
    record_attendance,
    report_not_held,
    set_headcount,
)
from services.meetings.commands.looks import note_look
from services.meetings.pages.telling import told
from services.meetings.queries import meetings as look
from services.meetings.queries.changes import get_standing
from services.meetings.schemas import CloseForm, HeadcountForm, MarkForm, StepForm
from shared.errors import Forbidden, Refusal
from shared.ids import new_id
from shared.security.access import requires_staff
from shared.web.forms import read_form, read_request_id
from shared.web.problems import wants_problem
from shared.web.text import text

pages = Blueprint("meetings", __name__)


@pages.get("/bijeenkomsten/<meeting_id>")
@requires_staff()
def meeting(meeting_id: str) -> str:
    """The meeting; names only for who leads the group, and that is noted."""
    return _page(meeting_id, new_id(), {})


@pages.get("/bijeenkomsten/<meeting_id>/stand")
@requires_staff("facilitator")
def standing(meeting_id: str) -> Response:
    """How it stands now, for a page that is open already; nothing when that is what the page has."""
    found = _led(meeting_id)
    people = look.list_attendance(g.actor, meeting_id) if found.keeps_names else []
    follow_ups = _follow_ups(found)
    told_now = {
        "marks": {one.membership_id: one.mark for one in people}, "unnamed": found.unnamed,
        "state": found.line.state,
    }  # fmt: skip
    stamp = _stamp(told_now, follow_ups)
    if stamp in request.if_none_match:
        return Response(status=304)
    if people:
        _note_look(found)
    answer: Response = jsonify({**told_now, "followUps": _shown(follow_ups)})
    answer.set_etag(stamp)
    return answer


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
        return _page(meeting_id, new_id(), told(wrong)), wrong.status
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
        return _page(meeting_id, read_request_id(), told(wrong, ("headcount",)), typed), wrong.status
    return _saved(meeting_id, "aantal")


@pages.post("/bijeenkomsten/<meeting_id>/klaar")
@requires_staff("facilitator")
def close(meeting_id: str) -> Any:
    """The button "Klaar"."""
    try:
        close_meeting(g.actor, meeting_id=meeting_id, **read_form(CloseForm), request_id=read_request_id())
    except Refusal as wrong:
        typed = {"next_topic": request.form.get("next_topic")}
        return _page(meeting_id, read_request_id(), told(wrong, ("next_topic",)), typed), wrong.status
    flash(text("done", "meeting_closed"))
    return redirect(f"/bijeenkomsten/{meeting_id}", code=303)


@pages.post("/bijeenkomsten/<meeting_id>/niet-doorgegaan")
@requires_staff("facilitator")
def not_held(meeting_id: str) -> Any:
    """It did not take place after all."""
    try:
        report_not_held(g.actor, meeting_id=meeting_id, request_id=read_request_id())
    except Refusal as wrong:
        return _page(meeting_id, read_request_id(), told(wrong)), wrong.status
    flash(text("done", "meeting_not_held"))
    return redirect(f"/bijeenkomsten/{meeting_id}", code=303)


@pages.get("/bijeenkomsten/<meeting_id>/lijst")
@requires_staff("facilitator")
def paper(meeting_id: str) -> str:
    """The attendance list to print."""
    found = _led(meeting_id)
    return render_template("meetings/attendance_paper.html", meeting=found, people=_people(found))


def _page(
    meeting_id: str, request_id: str, errors: dict[str, list[str]], typed: dict[str, str | None] | None = None
) -> str:
    found = look.get_meeting(g.actor, meeting_id)
    people = _people(found) if found.leads and found.keeps_names else []
    typed = {"headcount": str(found.unnamed), "next_topic": found.next_topic, **(typed or {})}
    return render_template(
        "meetings/meeting.html", meeting=found, people=people, request_id=request_id, errors=errors, typed=typed,
        follow_ups=_follow_ups(found), changes=get_standing(g.actor, meeting_id),
    )  # fmt: skip


def _led(meeting_id: str) -> look.MeetingView:
    found = look.get_meeting(g.actor, meeting_id)
    if not found.leads:
        raise Forbidden()
    return found


def _people(found: look.MeetingView) -> list[look.AttendanceLine]:
    _note_look(found)
    return look.list_attendance(g.actor, found.line.id)


def _note_look(found: look.MeetingView) -> None:
    note_look(
        g.actor, about_kind="attendance", about_id=found.line.id, organisation_id=found.organisation_id,
        purpose="lead_meeting",
    )  # fmt: skip


def _follow_ups(found: look.MeetingView) -> look.FollowUps | None:
    """What "Klaar" would bring; nothing once that was pressed, and where no names are kept."""
    if not found.leads or not found.keeps_names or found.line.state != "planned":
        return None
    return look.list_follow_ups(g.actor, found.line.id)


def _shown(follow_ups: look.FollowUps | None) -> str:
    return render_template("meetings/follow_ups.html", follow_ups=follow_ups) if follow_ups else ""


def _stamp(told_now: dict[str, Any], follow_ups: look.FollowUps | None) -> str:
    everything = [told_now, asdict(follow_ups) if follow_ups else None]
    return hashlib.sha256(json.dumps(everything, sort_keys=True).encode()).hexdigest()[:32]


def _saved(meeting_id: str, place: str) -> Response:
    """A tap by script gets an empty answer; a press without it sees the page again, at the same place."""
    if wants_problem():
        return Response(status=204)
    return redirect(f"/bijeenkomsten/{meeting_id}#{place}", code=303)
