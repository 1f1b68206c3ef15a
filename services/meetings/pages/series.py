"""Scheduling meetings of a group: in a rhythm, one, or on days picked one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from services.meetings.commands.series import schedule_days, schedule_meeting, schedule_series
from services.meetings.queries.groups import get_group
from services.meetings.queries.series import list_rhythm_days
from services.meetings.schemas.series import DaysForm, MeetingForm, RhythmForm
from shared.errors import Forbidden, NotFound
from shared.ids import new_id
from shared.security.access import requires_staff
from shared.web.forms import Errors, FormSchema, Values, done_at, handle_form, read_form

pages = Blueprint("series", __name__)
# What is scheduled, as addresses name it.
FORMS: Mapping[str, type[FormSchema]] = {"ritme": RhythmForm, "een": MeetingForm, "dagen": DaysForm}
_COMMANDS: Mapping[str, Callable[..., object]] = {
    "ritme": schedule_series,
    "een": schedule_meeting,
    "dagen": schedule_days,
}
MOST_DAYS = 8


@pages.get("/groepen/<uuid:group_id>/plannen")
@requires_staff("coordinator", "facilitator")
def ask(group_id: str) -> str:
    """Show one of the three forms."""
    return _page(group_id, request.args.get("hoe", "ritme"), new_id(), {}, {})


@pages.post("/groepen/<uuid:group_id>/plannen/<kind>")
@requires_staff("coordinator", "facilitator")
def schedule(group_id: str, kind: str) -> ResponseReturnValue:
    """Schedule what the form asks."""
    if kind not in FORMS:
        raise NotFound()

    def act(request_id: str) -> tuple[str, str]:
        form = _schedule(group_id, kind, request_id)
        return f"/groepen/{group_id}", done_at("meetings_planned", form["at"], *_days(kind, form))

    return handle_form(act, partial(_page, group_id, kind), fields=FORMS[kind]().fields, many=("days",))


def _schedule(group_id: str, kind: str, request_id: str) -> Values:
    form = read_form(FORMS[kind], many=("days",) if kind == "dagen" else ())
    _COMMANDS[kind](g.actor, group_id=group_id, **form, request_id=request_id)
    return form


def _days(kind: str, form: Values) -> list[date]:
    if kind == "ritme":
        return list_rhythm_days(**form)
    return list(form["days"]) if kind == "dagen" else [form["on"]]


def _page(group_id: str, kind: str, request_id: str, values: Values, errors: Errors) -> str:
    if kind not in FORMS:
        raise NotFound()
    group = get_group(g.actor, group_id)
    if not group.rights.plan:
        raise Forbidden()
    rhythm = group.summary.rhythm
    usual = {
        "at": rhythm.at.strftime("%H:%M") if rhythm else "19:30",
        "minutes": rhythm.minutes if rhythm else group.rules.get("minutes", 120),
        "every_weeks": group.rules.get("every_weeks", 1),
        "days": [],
    }
    return render_template(
        "meetings/series/schedule.html",
        group=group,
        kind=kind,
        request_id=request_id,
        errors=errors,
        values={**usual, **values},
        most_days=MOST_DAYS,
    )
