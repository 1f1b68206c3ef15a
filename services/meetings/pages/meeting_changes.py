"""Moving, cancelling and reopening one meeting, and whom to tell in person."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template
from werkzeug.wrappers import Response

from services.meetings.commands import meeting_changes
from services.meetings.commands.access_log import log_access
from services.meetings.pages.telling import told
from services.meetings.queries.meeting_changes import get_meeting_status, get_plannable, list_unreached
from services.meetings.schemas.meeting_changes import OTHER_PLACE, MoveForm
from shared.errors import Forbidden, Refusal
from shared.ids import new_id
from shared.security.access import requires_staff
from shared.web.forms import read_form, read_request_id, submitted_values
from shared.web.text import text

pages = Blueprint("changes", __name__)


@pages.get("/bijeenkomsten/<meeting_id>/wijzigen")
@requires_staff("coordinator", "facilitator")
def ask(meeting_id: str) -> str:
    """The forms to move it, to say that it is off, or that it goes on after all."""
    return _change_page(meeting_id, new_id(), {}, {})


@pages.post("/bijeenkomsten/<meeting_id>/verplaatsen")
@requires_staff("coordinator", "facilitator")
def move(meeting_id: str) -> Any:
    """Another moment, another place or both."""
    get_plannable(g.actor, meeting_id)
    try:
        form = read_form(MoveForm)
        meeting_changes.move_meeting(
            g.actor, meeting_id=meeting_id, on=form["on"], at=form["at"], minutes=form["minutes"],
            place=_place(form), request_id=read_request_id(),
        )  # fmt: skip
    except Refusal as wrong:
        errors = told(wrong, MoveForm().fields)
        return _change_page(meeting_id, read_request_id(), errors, submitted_values()), wrong.status
    return _changed(meeting_id, "meeting_moved")


@pages.post("/bijeenkomsten/<meeting_id>/afzeggen")
@requires_staff("coordinator", "facilitator")
def cancel(meeting_id: str) -> Any:
    """This one is off."""
    try:
        meeting_changes.cancel_meeting(g.actor, meeting_id=meeting_id, request_id=read_request_id())
    except Refusal as wrong:
        return _change_page(meeting_id, new_id(), told(wrong), {}), wrong.status
    return _changed(meeting_id, "meeting_cancelled")


@pages.post("/bijeenkomsten/<meeting_id>/toch-door")
@requires_staff("coordinator", "facilitator")
def reopen(meeting_id: str) -> Any:
    """It goes on after all."""
    try:
        meeting_changes.reopen_meeting(g.actor, meeting_id=meeting_id, request_id=read_request_id())
    except Refusal as wrong:
        return _change_page(meeting_id, new_id(), told(wrong), {}), wrong.status
    return _changed(meeting_id, "meeting_reopened")


@pages.get("/bijeenkomsten/<meeting_id>/vertellen")
@requires_staff("coordinator", "facilitator")
def tell(meeting_id: str) -> str:
    """Whom no message reaches; that they were looked at is noted."""
    found = get_meeting_status(g.actor, meeting_id)
    if not found.may_tell:
        raise Forbidden()
    people = list_unreached(g.actor, meeting_id)
    log_access(
        g.actor, about_kind="attendance", about_id=meeting_id, organisation_id=found.organisation_id,
        purpose="tell_in_person",
    )  # fmt: skip
    return render_template("meetings/meeting_changes/tell_in_person.html", meeting=found, people=people)


def _place(form: dict[str, Any]) -> tuple[str, str] | None:
    """What was filled in for another place, also when half of it is missing: the command says what."""
    if form["where"] != OTHER_PLACE:
        return None
    return form["place_name"], form["place_address"]


def _changed(meeting_id: str, code: str) -> Response:
    """To whom it has to be told, when there is anybody."""
    flash(text("done", code))
    found = get_meeting_status(g.actor, meeting_id)
    goes_on = "/vertellen" if found.may_tell and (found.to_tell or not found.keeps_names) else ""
    return redirect(f"/bijeenkomsten/{meeting_id}{goes_on}", code=303)


def _change_page(meeting_id: str, request_id: str, errors: dict[str, list[str]], values: dict[str, Any]) -> str:
    found = get_plannable(g.actor, meeting_id)
    place = found.other_place
    usual = {
        "on": found.on.isoformat(), "at": found.at.strftime("%H:%M"), "minutes": found.minutes,
        "where": OTHER_PLACE if place else "usual", "place_name": place.name if place else "",
        "place_address": place.address if place else "",
    }  # fmt: skip
    return render_template(
        "meetings/meeting_changes/change.html",
        meeting=found,
        request_id=request_id,
        errors=errors,
        values={**usual, **values},
    )
