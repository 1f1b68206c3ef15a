"""The farewell of a member, and a welcome that was said in person."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, flash, g, redirect, render_template
from flask.typing import ResponseReturnValue

from services.meetings.commands import deliveries
from services.meetings.commands.access_log import log_access
from services.meetings.commands.memberships import end_membership
from services.meetings.queries.memberships import get_member
from services.meetings.schemas.memberships import FarewellForm
from shared.ids import new_id
from shared.security.access import requires_staff
from shared.web.forms import Errors, Values, handle_form, read_form, read_request_id
from shared.web.text import text

pages = Blueprint("memberships", __name__)


@pages.get("/groepen/<uuid:group_id>/deelnemers/<uuid:membership_id>/afscheid")
@requires_staff("coordinator", "facilitator")
def ask_farewell(group_id: str, membership_id: str) -> str:
    """Show the form of the farewell."""
    return _farewell_page(group_id, membership_id, new_id(), {}, {})


@pages.post("/groepen/<uuid:group_id>/deelnemers/<uuid:membership_id>/afscheid")
@requires_staff("coordinator", "facilitator")
def farewell(group_id: str, membership_id: str) -> ResponseReturnValue:
    """End a membership."""

    def act(request_id: str) -> tuple[str, str]:
        form = read_form(FarewellForm)
        end_membership(g.actor, membership_id=membership_id, **form, request_id=request_id)
        return f"/groepen/{group_id}", "farewell"

    return handle_form(act, partial(_farewell_page, group_id, membership_id), fields=("reason", "on"))


@pages.post("/groepen/<uuid:group_id>/deelnemers/<uuid:membership_id>/verteld")
@requires_staff("coordinator", "intro_worker")
def mark_welcomed(group_id: str, membership_id: str) -> ResponseReturnValue:
    """Keep that a new member was informed in person of what the welcome could not say."""
    deliveries.mark_welcomed(g.actor, membership_id=membership_id, request_id=read_request_id())
    flash(text("done", "informed_in_person"))
    return redirect("/", code=303)


def _farewell_page(group_id: str, membership_id: str, request_id: str, values: Values, errors: Errors) -> str:
    member = get_member(g.actor, group_id, membership_id)
    log_access(
        g.actor,
        about_kind="membership",
        about_id=membership_id,
        organisation_id=member.organisation_id,
        purpose="farewell",
    )
    return render_template(
        "meetings/memberships/farewell.html",
        member=member,
        group_id=group_id,
        request_id=request_id,
        errors=errors,
        values=values,
    )
