"""The call list: who was missed and said that calling is welcome."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template

from services.meetings.commands.access_log import log_access
from services.meetings.commands.follow_up_calls import close_call, postpone_call
from services.meetings.pages.telling import told
from services.meetings.queries.follow_up_calls import REASONS, count_by_group, list_calls
from services.meetings.schemas.follow_up_calls import CallDoneForm, CallLaterForm
from shared.errors import Refusal
from shared.security.access import requires_staff
from shared.web.forms import read_form, read_request_id
from shared.web.text import text

pages = Blueprint("call_list", __name__)


@pages.get("/bellijst")
@requires_staff("facilitator", "coordinator")
def calls() -> str:
    """Who may be called; the coordinator sees only how many."""
    return _page({}, "")


@pages.post("/bellijst/<call_id>/gebeld")
@requires_staff("facilitator")
def called(call_id: str) -> Any:
    """Somebody was called, or not reached."""
    try:
        close_call(g.actor, call_id=call_id, **read_form(CallDoneForm), request_id=read_request_id())
    except Refusal as wrong:
        return _page(told(wrong, ("reason",)), call_id), wrong.status
    flash(text("done", "call_closed"))
    return redirect("/bellijst", code=303)


@pages.post("/bellijst/<call_id>/later")
@requires_staff("facilitator")
def later(call_id: str) -> Any:
    """Somebody is called on another day."""
    try:
        postpone_call(g.actor, call_id=call_id, **read_form(CallLaterForm), request_id=read_request_id())
    except Refusal as wrong:
        return _page(told(wrong, ("until",)), call_id), wrong.status
    flash(text("done", "call_postponed"))
    return redirect("/bellijst", code=303)


def _page(errors: dict[str, list[str]], wrong_call: str) -> str:
    lines = list_calls(g.actor)
    for group_id, organisation_id in {(line.group_id, line.organisation_id) for line in lines}:
        log_access(
            g.actor, about_kind="calls", about_id=group_id, organisation_id=organisation_id,
            purpose="after_absence",
        )  # fmt: skip
    return render_template(
        "meetings/follow_up_calls/list.html", now=[line for line in lines if line.later_on is None],
        later=[line for line in lines if line.later_on is not None], counts=count_by_group(g.actor),
        reasons=REASONS, errors=errors, wrong_call=wrong_call,
    )  # fmt: skip
