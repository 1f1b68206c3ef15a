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


@pages.post("/groepen/<group_id>/plannen/<kind>")
@requires_staff("coordinator", "facilitator")
def plan(group_id: str, kind: str) -> Any:
    """Plan the meetings."""
    if kind not in FORMS:
        raise NotFound()
    try:
        _schedule(group_id, kind)
    except Refusal as wrong:
        errors = told(wrong, set(FORMS[kind]().fields))
        typed = {**submitted_values(), "days": [day for day in request.form.getlist("days") if day]}
        return _page(group_id, kind, read_request_id(), errors, typed), wrong.status
    flash(text("done", "meetings_planned"))
    return redirect(f"/groepen/{group_id}", code=303)


def _schedule(group_id: str, kind: str) -> None:
    if kind == "ritme":
        schedule_series(g.actor, group_id=group_id, **read_form(RhythmForm), request_id=read_request_id())
    elif kind == "een":
        schedule_meeting(g.actor, group_id=group_id, **read_form(MeetingForm), request_id=read_request_id())
    else:
        form = read_form(DaysForm, many=("days",))
        schedule_days(g.actor, group_id=group_id, **form, request_id=read_request_id())


def _page(
    group_id: str, kind: str, request_id: str, errors: dict[str, list[str]], values: dict[str, Any]
) -> str:  # fmt: skip
    if kind not in FORMS:
        raise NotFound()
    group = get_group(g.actor, group_id)
    if not group.rights.plan:
        raise Forbidden()
    rhythm = group.summary.rhythm
    usual = {
        "at": rhythm.at.strftime("%H:%M") if rhythm else "19:30",
        "minutes": rhythm.minutes if rhythm else group.rules.get("minutes", 120),
        "every_weeks": group.rules.get("every_weeks", 1), "days": [],
    }  # fmt: skip
    return render_template(
        "meetings/series/schedule.html", group=group, kind=kind, request_id=request_id, errors=errors,
        values={**usual, **values}, most_days=MOST_DAYS,
    )  # fmt: skip
