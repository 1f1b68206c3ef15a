"""Marking who is there, counting, and closing a meeting."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from urllib.parse import urlencode

from flask import Blueprint, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from services.meetings.commands.attendance import (
    close_meeting,
    mark_present_together,
    record_attendance,
    set_headcount,
    set_next_topic,
    undo_present_together,
)
from services.meetings.commands.closing import report_not_held
from services.meetings.pages.meetings import get_led_meeting, list_people, show_meeting
from services.meetings.schemas.attendance import (
    CloseForm,
    HeadcountForm,
    MarkForm,
    StepForm,
    TapForm,
    TogetherForm,
    TopicForm,
    UndoTogetherForm,
)
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
    return _mark(meeting_id, read_request_id(), **read_form(MarkForm))


@pages.post("/bijeenkomsten/<uuid:meeting_id>/wie/<uuid:membership_id>")
@requires_staff("facilitator")
def mark_by_page(meeting_id: str, membership_id: str) -> ResponseReturnValue:
    """Mark one member by the form of the whole page, which saves what was typed there too: without a script."""
    seen = request.args.get("seen")
    # Many people are marked by this one form: its request id is not that of one tap.
    return _mark(meeting_id, new_id(), membership_id=membership_id, seen=seen, **read_form(TapForm))


@pages.post("/bijeenkomsten/<uuid:meeting_id>/iedereen")
@requires_staff("facilitator")
def mark_together(meeting_id: str) -> ResponseReturnValue:
    """Mark everybody who had no mark on the page as present, by the form of the whole page."""

    def act(request_id: str) -> tuple[str, str]:
        marked_at = mark_present_together(
            g.actor,
            meeting_id=meeting_id,
            membership_ids=read_form(TogetherForm, many=("unmarked_id",))["unmarked_id"],
            next_topic=_topic(),
            request_id=request_id,
        )
        return f"/bijeenkomsten/{meeting_id}?{urlencode({'samen': marked_at})}#wie", ""

    return handle_form(act, partial(show_meeting, meeting_id), fields=("next_topic",))


@pages.post("/bijeenkomsten/<uuid:meeting_id>/iedereen/terug")
@requires_staff("facilitator")
def undo_together(meeting_id: str) -> ResponseReturnValue:
    """Take back that everybody is there."""

    def act(request_id: str) -> tuple[str, str]:
        form = read_form(UndoTogetherForm)
        undo_present_together(g.actor, meeting_id=meeting_id, **form, request_id=request_id)
        return f"/bijeenkomsten/{meeting_id}#wie", ""

    return handle_form(act, partial(show_meeting, meeting_id), fields=())


@pages.post("/bijeenkomsten/<uuid:meeting_id>/zonder-naam")
@requires_staff("facilitator")
def count_unnamed(meeting_id: str) -> ResponseReturnValue:
    """Count one more without a name, or one fewer."""
    step = read_form(StepForm)

    def act(request_id: str) -> None:
        set_headcount(g.actor, meeting_id=meeting_id, **step, next_topic=_topic(), request_id=request_id)

    return _save(meeting_id, read_request_id(), act, "zonder-naam", fields=("next_topic",))


@pages.post("/bijeenkomsten/<uuid:meeting_id>/aantal")
@requires_staff("facilitator")
def count_heads(meeting_id: str) -> ResponseReturnValue:
    """Count everybody, in a group that keeps no names."""

    def act(request_id: str) -> None:
        form = read_form(HeadcountForm)
        set_headcount(g.actor, meeting_id=meeting_id, **form, next_topic=_topic(), request_id=request_id)

    return _save(meeting_id, read_request_id(), act, "aantal", fields=("headcount", "next_topic"))


@pages.post("/bijeenkomsten/<uuid:meeting_id>/onderwerp")
@requires_staff("facilitator")
def keep_topic(meeting_id: str) -> ResponseReturnValue:
    """Save the topic that was typed and go on to somebody who comes in."""

    def act(request_id: str) -> tuple[str, str]:
        set_next_topic(g.actor, meeting_id=meeting_id, **read_form(TopicForm), request_id=request_id)
        return f"/bijeenkomsten/{meeting_id}/erbij", ""

    return handle_form(act, partial(show_meeting, meeting_id), fields=("next_topic",))


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


def _mark(
    meeting_id: str, request_id: str, *, membership_id: str, mark: str, seen: str | None
) -> ResponseReturnValue:
    def act(request_id: str) -> None:
        record_attendance(
            g.actor,
            meeting_id=meeting_id,
            membership_id=membership_id,
            mark=mark,
            seen=seen,
            next_topic=_topic(),
            request_id=request_id,
        )

    return _save(meeting_id, request_id, act, f"m-{membership_id}", fields=("next_topic",))


def _topic() -> str | None:
    """Return the topic that the form of the whole page held; None of a form without it, which leaves it."""
    return str(read_form(TopicForm)["next_topic"]) if "next_topic" in request.form else None


def _save(
    meeting_id: str, request_id: str, act: Callable[[str], None], place: str, fields: Collection[str]
) -> ResponseReturnValue:
    """Do what was tapped; without a script show the page again, at that place or with what cannot be."""
    try:
        act(request_id)
    except Refusal as refusal:
        errors = {} if wants_problem() else form_errors(refusal, fields)
        if not errors:
            raise
        return show_meeting(meeting_id, new_id(), submitted_values(), errors), refusal.status
    return _saved(meeting_id, place)


def _saved(meeting_id: str, place: str) -> Response:
    """Answer a request by script with 204; without script, redirect to the same place on the page."""
    if wants_problem():
        return Response(status=204)
    return redirect(f"/bijeenkomsten/{meeting_id}#{place}", code=303)
