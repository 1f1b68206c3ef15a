"""Planning meetings of a group: in a rhythm, one, or on days picked one by one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request

from services.meetings.commands.series import schedule_days, schedule_meeting, schedule_series
from services.meetings.pages.telling import told
from services.meetings.queries.groups import get_group
from services.meetings.schemas.series import DaysForm, MeetingForm, RhythmForm
from shared.errors import Forbidden, NotFound, Refusal
from shared.ids import new_id
from shared.security.access import requires_staff
from shared.web.forms import read_form, read_request_id, submitted_values
from shared.web.text import text

pages = Blueprint("planning", __name__)
FORMS = {"ritme": RhythmForm, "een": MeetingForm, "dagen": DaysForm}
MOST_DAYS = 8


@pages.get("/groepen/<group_id>/plannen")
@requires_staff("coordinator", "facilitator")
def ask(group_id: str) -> str:
    """The form of one of the three ways."""
    return _page(group_id, request.args.get("hoe", "ritme"), new_id(), {}, {})


@pages.post("/groepen/<group_id>/plannen/<way>")
@requires_staff("coordinator", "facilitator")
def plan(group_id: str, way: str) -> Any:
    """Plan the meetings."""
    if way not in FORMS:
        raise NotFound()
    try:
        _schedule(group_id, way)
    except Refusal as wrong:
        errors = told(wrong, set(FORMS[way]().fields))
        typed = {**submitted_values(), "days": [day for day in request.form.getlist("days") if day]}
        return _page(group_id, way, read_request_id(), errors, typed), wrong.status
    flash(text("done", "meetings_planned"))
    return redirect(f"/groepen/{group_id}", code=303)


def _schedule(group_id: str, way: str) -> None:
    if way == "ritme":
        schedule_series(g.actor, group_id=group_id, **read_form(RhythmForm), request_id=read_request_id())
    elif way == "een":
        schedule_meeting(g.actor, group_id=group_id, **read_form(MeetingForm), request_id=read_request_id())
    else:
        form = read_form(DaysForm, many=("days",))
        schedule_days(g.actor, group_id=group_id, **form, request_id=read_request_id())


def _page(
    group_id: str, way: str, request_id: str, errors: dict[str, list[str]], values: dict[str, Any]
) -> str:  # fmt: skip
    if way not in FORMS:
        raise NotFound()
    found = get_group(g.actor, group_id)
    if not found.rights.plan:
        raise Forbidden()
    rhythm = found.line.rhythm
    usual = {
        "at": rhythm.at.strftime("%H:%M") if rhythm else "19:30",
        "minutes": rhythm.minutes if rhythm else found.rules.get("minutes", 120),
        "every_weeks": found.rules.get("every_weeks", 1), "days": [],
    }  # fmt: skip
    return render_template(
        "meetings/series/schedule.html", group=found, way=way, request_id=request_id, errors=errors,
        values={**usual, **values}, most_days=MOST_DAYS,
    )  # fmt: skip
