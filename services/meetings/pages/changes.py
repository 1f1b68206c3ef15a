"""One meeting that goes otherwise than planned: moved, off, led by somebody else, and whom to tell in person."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template
from werkzeug.wrappers import Response

from services.meetings.commands import meeting_changes as do
from services.meetings.commands.call_offs import call_off, take_back_call_off
from services.meetings.commands.looks import note_look
from services.meetings.pages.telling import told
from services.meetings.queries import changes as look
from services.meetings.queries.call_offs import list_expected
from services.meetings.schemas import OTHER_PLACE, CallOffForm, MoveForm, SubstituteForm
from shared.errors import Forbidden, Refusal
from shared.ids import new_id
from shared.security.access import requires_staff
from shared.web.forms import read_form, read_request_id, submitted_values
from shared.web.text import text

pages = Blueprint("changes", __name__)
HERE = "/bijeenkomsten/<meeting_id>"


@pages.get(f"{HERE}/wijzigen")
@requires_staff("coordinator", "facilitator")
def ask(meeting_id: str) -> str:
    """The forms to move it, to say that it is off, or that it goes on after all."""
    return _change_page(meeting_id, new_id(), {}, {})


@pages.post(f"{HERE}/verplaatsen")
@requires_staff("coordinator", "facilitator")
def move(meeting_id: str) -> Any:
    """Another moment, another place or both."""
    look.get_plannable(g.actor, meeting_id)
    try:
        form = read_form(MoveForm)
        do.move_meeting(
            g.actor, meeting_id=meeting_id, on=form["on"], at=form["at"], minutes=form["minutes"],
            place=_place(form), request_id=read_request_id(),
        )  # fmt: skip
    except Refusal as wrong:
        errors = told(wrong, MoveForm().fields)
        return _change_page(meeting_id, read_request_id(), errors, submitted_values()), wrong.status
    return _changed(meeting_id, "meeting_moved")


@pages.post(f"{HERE}/afzeggen")
@requires_staff("coordinator", "facilitator")
def cancel(meeting_id: str) -> Any:
    """This one is off."""
    try:
        do.cancel_meeting(g.actor, meeting_id=meeting_id, request_id=read_request_id())
    except Refusal as wrong:
        return _change_page(meeting_id, new_id(), told(wrong), {}), wrong.status
    return _changed(meeting_id, "meeting_cancelled")


@pages.post(f"{HERE}/toch-door")
@requires_staff("coordinator", "facilitator")
def reopen(meeting_id: str) -> Any:
    """It goes on after all."""
    try:
        do.reopen_meeting(g.actor, meeting_id=meeting_id, request_id=read_request_id())
    except Refusal as wrong:
        return _change_page(meeting_id, new_id(), told(wrong), {}), wrong.status
    return _changed(meeting_id, "meeting_reopened")


@pages.get(f"{HERE}/vertellen")
@requires_staff("coordinator", "facilitator")
def tell(meeting_id: str) -> str:
    """Whom no message reaches; that they were looked at is noted."""
    found = look.get_standing(g.actor, meeting_id)
    if not found.may_tell:
        raise Forbidden()
    people = look.list_to_tell(g.actor, meeting_id)
    _note(found, "tell_in_person")
    return render_template("meetings/tell.html", meeting=found, people=people)


@pages.get(f"{HERE}/invallen")
@requires_staff("coordinator", "facilitator")
def ask_substitute(meeting_id: str) -> str:
    """Who stands in, and who could."""
    return _substitute_page(meeting_id, new_id(), {})


@pages.post(f"{HERE}/invallen")
@requires_staff("coordinator", "facilitator")
def substitute(meeting_id: str) -> Any:
    """Somebody leads this one meeting."""
    try:
        form = read_form(SubstituteForm)
        do.appoint_substitute(g.actor, meeting_id=meeting_id, **form, request_id=read_request_id())
    except Refusal as wrong:
        return _substitute_page(meeting_id, read_request_id(), told(wrong, ("staff_id",))), wrong.status
    flash(text("done", "substitute_appointed"))
    return redirect(f"/bijeenkomsten/{meeting_id}/invallen", code=303)


@pages.post(f"{HERE}/invallen/<staff_id>/weg")
@requires_staff("coordinator", "facilitator")
def no_substitute(meeting_id: str, staff_id: str) -> Response:
    """Somebody does not lead it after all."""
    do.release_substitute(g.actor, meeting_id=meeting_id, staff_id=staff_id, request_id=read_request_id())
    flash(text("done", "substitute_released"))
    return redirect(f"/bijeenkomsten/{meeting_id}/invallen", code=303)


@pages.get(f"{HERE}/afmeldingen")
@requires_staff("facilitator")
def call_offs(meeting_id: str) -> str:
    """Who will not come this time; for who leads it, and that is noted."""
    return _call_offs_page(meeting_id, {})


@pages.post(f"{HERE}/afmeldingen")
@requires_staff("facilitator")
def note_call_off(meeting_id: str) -> Any:
    """Somebody rang that they will not come, or that they will after all."""
    try:
        form = read_form(CallOffForm)
        command = take_back_call_off if form["comes"] else call_off
        command(g.actor, meeting_id=meeting_id, membership_id=form["membership_id"], request_id=read_request_id())
    except Refusal as wrong:
        return _call_offs_page(meeting_id, told(wrong)), wrong.status
    flash(text("done", "call_off_taken_back" if form["comes"] else "called_off"))
    return redirect(f"/bijeenkomsten/{meeting_id}/afmeldingen", code=303)


def _place(form: dict[str, Any]) -> tuple[str, str] | None:
    """What was filled in for another place, also when half of it is missing: the command says what."""
    if form["where"] != OTHER_PLACE:
        return None
    return form["place_name"], form["place_address"]


def _changed(meeting_id: str, code: str) -> Response:
    """To whom it has to be told, when there is anybody."""
    flash(text("done", code))
    found = look.get_standing(g.actor, meeting_id)
    goes_on = "/vertellen" if found.may_tell and (found.to_tell or not found.keeps_names) else ""
    return redirect(f"/bijeenkomsten/{meeting_id}{goes_on}", code=303)


def _change_page(meeting_id: str, request_id: str, errors: dict[str, list[str]], values: dict[str, Any]) -> str:
    found = look.get_plannable(g.actor, meeting_id)
    place = found.other_place
    usual = {
        "on": found.on.isoformat(), "at": found.at.strftime("%H:%M"), "minutes": found.minutes,
        "where": OTHER_PLACE if place else "usual", "place_name": place.name if place else "",
        "place_address": place.address if place else "",
    }  # fmt: skip
    return render_template(
        "meetings/change.html", meeting=found, request_id=request_id, errors=errors, values={**usual, **values}
    )


def _substitute_page(meeting_id: str, request_id: str, errors: dict[str, list[str]]) -> str:
    found = look.get_plannable(g.actor, meeting_id)
    could = look.list_could_stand_in(g.actor, meeting_id)
    return render_template(
        "meetings/substitute.html", meeting=found, could=could, request_id=request_id, errors=errors
    )


def _call_offs_page(meeting_id: str, errors: dict[str, list[str]]) -> str:
    people = list_expected(g.actor, meeting_id)
    found = look.get_standing(g.actor, meeting_id)
    _note(found, "call_offs")
    return render_template("meetings/call_offs.html", meeting=found, people=people, errors=errors)


def _note(found: look.Standing, purpose: str) -> None:
    note_look(
        g.actor, about_kind="attendance", about_id=found.meeting_id, organisation_id=found.organisation_id,
        purpose=purpose,
    )  # fmt: skip
