"""The call list: people to call after a missed meeting, who consented to it."""

from __future__ import annotations

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from services.meetings.commands.access_log import log_access
from services.meetings.commands.follow_up_calls import close_call, postpone_call
from services.meetings.queries.deliveries import MEETS_PEOPLE
from services.meetings.queries.follow_up_calls import REASONS, count_by_group, list_calls
from services.meetings.queries.staff import names_to_ask
from services.meetings.schemas.follow_up_calls import CallDoneForm, CallLaterForm
from shared.ids import is_id
from shared.security.access import requires_staff
from shared.web.forms import Errors, Values, handle_form, read_form
from shared.web.listing import PAGE_SIZE

pages = Blueprint("follow_up_calls", __name__)


@pages.get("/bellijst")
@requires_staff("facilitator", "coordinator")
def calls() -> str:
    """Show whom to call; to coordinators only how many."""
    return _page("", "", {}, {})


@pages.post("/bellijst/<uuid:call_id>/gebeld")
@requires_staff("facilitator")
def called(call_id: str) -> ResponseReturnValue:
    """Record a call that was made."""

    def act(request_id: str) -> tuple[str, str]:
        close_call(g.actor, call_id=call_id, **read_form(CallDoneForm), request_id=request_id)
        return "/bellijst", "call_closed"

    return handle_form(act, lambda *again: _page(call_id, *again), fields=("reason",))


@pages.post("/bellijst/<uuid:call_id>/later")
@requires_staff("facilitator")
def later(call_id: str) -> ResponseReturnValue:
    """Postpone a call until another day."""

    def act(request_id: str) -> tuple[str, str]:
        postpone_call(g.actor, call_id=call_id, **read_form(CallLaterForm), request_id=request_id)
        return "/bellijst", "call_postponed"

    return handle_form(act, lambda *again: _page(call_id, *again), fields=("until",))


def _page(wrong_call: str, _request_id: str, _values: Values, errors: Errors) -> str:
    calls_to_make = list_calls(g.actor)
    for group_id, organisation_id in {(call.group_id, call.organisation_id) for call in calls_to_make}:
        log_access(
            g.actor,
            about_kind="calls",
            about_id=group_id,
            organisation_id=organisation_id,
            purpose="after_absence",
        )
    after = request.args.get("na", "")
    counts = count_by_group(g.actor, limit=PAGE_SIZE + 1, after=after if is_id(after) else "")
    return render_template(
        "meetings/follow_up_calls/list.html",
        now=[call for call in calls_to_make if call.later_on is None],
        later=[call for call in calls_to_make if call.later_on is not None],
        counts=counts[:PAGE_SIZE],
        more=f"/bellijst?na={counts[PAGE_SIZE - 1].group_id}#counts" if len(counts) > PAGE_SIZE else None,
        is_first=not after,
        reasons=REASONS,
        errors=errors,
        wrong_call=wrong_call,
        colleagues=names_to_ask(g.actor, {call.organisation_id for call in calls_to_make}, *MEETS_PEOPLE),
    )
