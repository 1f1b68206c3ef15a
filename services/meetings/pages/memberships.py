"""Saying goodbye to a member."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template

from services.meetings.commands.access_log import log_access
from services.meetings.commands.memberships import end_membership
from services.meetings.pages.telling import told
from services.meetings.queries.memberships import get_member
from services.meetings.schemas.memberships import FarewellForm
from shared.errors import Refusal
from shared.ids import new_id
from shared.security.access import requires_staff
from shared.web.forms import read_form, read_request_id, submitted_values
from shared.web.text import text

pages = Blueprint("memberships", __name__)


@pages.get("/groepen/<group_id>/deelnemers/<membership_id>/afscheid")
@requires_staff("coordinator", "facilitator")
def ask_farewell(group_id: str, membership_id: str) -> str:
    """The form to say goodbye."""
    return _farewell_page(group_id, membership_id, new_id(), {}, {})


@pages.post("/groepen/<group_id>/deelnemers/<membership_id>/afscheid")
@requires_staff("coordinator", "facilitator")
def farewell(group_id: str, membership_id: str) -> Any:
    """Somebody leaves the group."""
    try:
        form = read_form(FarewellForm)
        end_membership(g.actor, membership_id=membership_id, **form, request_id=read_request_id())
    except Refusal as wrong:
        errors = told(wrong, ("reason", "on"))
        return _farewell_page(group_id, membership_id, read_request_id(), errors, submitted_values()), wrong.status
    flash(text("done", "farewell"))
    return redirect(f"/groepen/{group_id}", code=303)


def _farewell_page(
    group_id: str, membership_id: str, request_id: str, errors: dict[str, list[str]], values: dict[str, Any]
) -> str:
    member = get_member(g.actor, group_id, membership_id)
    log_access(
        g.actor, about_kind="membership", about_id=membership_id, organisation_id=member.organisation_id,
        purpose="farewell",
    )  # fmt: skip
    return render_template(
        "meetings/memberships/farewell.html",
        member=member,
        group_id=group_id,
        request_id=request_id,
        errors=errors,
        values=values,
    )
