"""The list of groups, and one group: when, who leads it, who belongs, by which rules."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template
from werkzeug.wrappers import Response

from services.meetings.commands.groups import appoint_facilitator, release_facilitator
from services.meetings.commands.looks import note_look
from services.meetings.commands.memberships import end_membership
from services.meetings.pages.rule_words import agenda_words, rule_words
from services.meetings.pages.telling import told
from services.meetings.queries import groups as look
from services.meetings.queries.staff import list_colleagues
from services.meetings.schemas import FacilitatorForm, FarewellForm
from shared.errors import Forbidden, Refusal
from shared.ids import new_id
from shared.security.access import requires_staff
from shared.web.forms import read_form, read_request_id, submitted_values
from shared.web.text import text

pages = Blueprint("groups", __name__)
ROLES = ("coordinator", "facilitator", "manager")
# What somebody asks first about a group; the other rules are one tap further.
FIRST_RULES = ("admission", "intro_talk", "audience", "entry_condition", "questionnaires")


@pages.get("/groepen")
@requires_staff(*ROLES)
def groups() -> str:
    """All groups of the organisations that this person works for, their own first."""
    found = look.list_groups(g.actor)
    return render_template(
        "meetings/groups.html", groups=found, may_start=bool(g.actor.organisations("coordinator")),
        has_several=len(g.actor.grants) > 1,
    )  # fmt: skip


@pages.get("/groepen/<group_id>")
@requires_staff()
def group(group_id: str) -> str:
    """One group; its members only for who may see them, and that is noted."""
    found = look.get_group(g.actor, group_id)
    members = None
    if found.rights.see_members and found.line.keeps_names:
        members = look.list_members(g.actor, group_id)
        note_look(
            g.actor, about_kind="group_members", about_id=group_id,
            organisation_id=found.line.organisation_id, purpose="overview",
        )  # fmt: skip
    return render_template(
        "meetings/group.html", group=found, members=members, meetings=look.list_meetings(g.actor, group_id),
        first_rules=rule_words(found.rules, FIRST_RULES), rules=rule_words(found.rules),
        agenda=agenda_words(found.rules),
    )  # fmt: skip


@pages.get("/groepen/<group_id>/begeleiders")
@requires_staff("coordinator", "manager")
def leaders(group_id: str) -> Any:
    """Who leads the group, and who could."""
    return _leaders_page(group_id, new_id(), {})


@pages.post("/groepen/<group_id>/begeleiders")
@requires_staff("coordinator", "manager")
def appoint(group_id: str) -> Any:
    """Somebody leads the group from now on."""
    try:
        form = read_form(FacilitatorForm)
        appoint_facilitator(g.actor, group_id=group_id, **form, request_id=read_request_id())
    except Refusal as wrong:
        return _leaders_page(group_id, read_request_id(), told(wrong)), wrong.status
    flash(text("done", "facilitator_appointed"))
    return redirect(f"/groepen/{group_id}/begeleiders", code=303)


@pages.post("/groepen/<group_id>/begeleiders/<staff_id>/weg")
@requires_staff("coordinator", "manager")
def release(group_id: str, staff_id: str) -> Response:
    """Somebody no longer leads the group."""
    release_facilitator(g.actor, group_id=group_id, staff_id=staff_id, request_id=read_request_id())
    flash(text("done", "facilitator_released"))
    return redirect(f"/groepen/{group_id}/begeleiders", code=303)


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


def _leaders_page(group_id: str, request_id: str, errors: dict[str, list[str]]) -> str:
    found = look.get_group(g.actor, group_id)
    if not found.rights.appoint:
        raise Forbidden()
    leading = {leader.staff_id for leader in found.leaders}
    could = [
        one
        for one in list_colleagues(g.actor, found.line.organisation_id)
        if "facilitator" in one.roles and one.id not in leading
    ]
    return render_template("meetings/leaders.html", group=found, could=could, request_id=request_id, errors=errors)


def _farewell_page(
    group_id: str, membership_id: str, request_id: str, errors: dict[str, list[str]], values: dict[str, Any]
) -> str:
    member = look.get_member(g.actor, group_id, membership_id)
    note_look(
        g.actor, about_kind="membership", about_id=membership_id, organisation_id=member.organisation_id,
        purpose="farewell",
    )  # fmt: skip
    return render_template(
        "meetings/farewell.html",
        member=member,
        group_id=group_id,
        request_id=request_id,
        errors=errors,
        values=values,
    )
