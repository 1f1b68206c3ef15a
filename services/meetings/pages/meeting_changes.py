"""Moving, cancelling and reopening one meeting, and whom no message reaches."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, flash, g, redirect, render_template
from flask.typing import ResponseReturnValue

from services.meetings.commands import deliveries, meeting_changes
from services.meetings.commands.access_log import log_access
from services.meetings.queries.deliveries import MEETS_PEOPLE
from services.meetings.queries.meeting_changes import get_meeting_status, get_plannable, list_unreached
from services.meetings.queries.staff import names_to_ask
from services.meetings.schemas.meeting_changes import OTHER_PLACE, InformedForm, MoveForm
from shared.errors import Forbidden
from shared.ids import new_id
from shared.security.access import requires_staff
from shared.web.forms import Errors, Values, done_at, handle_form, read_form, read_request_id
from shared.web.text import text

pages = Blueprint("meeting_changes", __name__)


@pages.get("/bijeenkomsten/<uuid:meeting_id>/wijzigen")
@requires_staff("coordinator", "facilitator")
def ask(meeting_id: str) -> str:
    """Show the forms to move, cancel or reopen a meeting."""
    return _change_page(meeting_id, new_id(), {}, {})


@pages.post("/bijeenkomsten/<uuid:meeting_id>/verplaatsen")
@requires_staff("coordinator", "facilitator")
def move(meeting_id: str) -> ResponseReturnValue:
    """Move one meeting to another moment, another place or both."""
    get_plannable(g.actor, meeting_id)

    def act(request_id: str) -> tuple[str, str]:
        form = read_form(MoveForm)
        meeting_changes.move_meeting(
            g.actor,
            meeting_id=meeting_id,
            on=form["on"],
            at=form["at"],
            minutes=form["minutes"],
            place=_place(form),
            keeps_words=form["keeps_words"],
            request_id=request_id,
        )
        return _next_page(meeting_id), done_at("meeting_moved", form["at"], form["on"])

    return handle_form(act, partial(_change_page, meeting_id), fields=MoveForm().fields)


@pages.post("/bijeenkomsten/<uuid:meeting_id>/afzeggen")
@requires_staff("coordinator", "facilitator")
def cancel(meeting_id: str) -> ResponseReturnValue:
    """Cancel one meeting."""

    def act(request_id: str) -> tuple[str, str]:
        meeting_changes.cancel_meeting(g.actor, meeting_id=meeting_id, request_id=request_id)
        return _next_page(meeting_id), "meeting_cancelled"

    return handle_form(act, partial(_change_page, meeting_id), fields=())


@pages.post("/bijeenkomsten/<uuid:meeting_id>/toch-door")
@requires_staff("coordinator", "facilitator")
def reopen(meeting_id: str) -> ResponseReturnValue:
    """Reopen a cancelled meeting."""

    def act(request_id: str) -> tuple[str, str]:
        meeting_changes.reopen_meeting(g.actor, meeting_id=meeting_id, request_id=request_id)
        return _next_page(meeting_id), "meeting_reopened"

    return handle_form(act, partial(_change_page, meeting_id), fields=())


@pages.get("/bijeenkomsten/<uuid:meeting_id>/vertellen")
@requires_staff("coordinator", "facilitator")
def tell(meeting_id: str) -> str:
    """Show whom no message reaches; the access is logged."""
    meeting = get_meeting_status(g.actor, meeting_id)
    if not meeting.may_see_unreached:
        raise Forbidden()
    people = list_unreached(g.actor, meeting_id)
    log_access(
        g.actor,
        about_kind="attendance",
        about_id=meeting_id,
        organisation_id=meeting.organisation_id,
        purpose="tell_in_person",
    )
    colleagues = names_to_ask(g.actor, [meeting.organisation_id], *MEETS_PEOPLE)
    return render_template(
        "meetings/meeting_changes/tell_in_person.html", meeting=meeting, people=people, colleagues=colleagues
    )


@pages.post("/bijeenkomsten/<uuid:meeting_id>/vertellen")
@requires_staff("coordinator", "facilitator")
def mark_informed(meeting_id: str) -> ResponseReturnValue:
    """Keep that one person was informed in person."""
    membership_id = read_form(InformedForm)["membership_id"]
    deliveries.mark_informed(
        g.actor, meeting_id=meeting_id, membership_id=membership_id, request_id=read_request_id()
    )
    flash(text("done", "informed_in_person"))
    return redirect(f"/bijeenkomsten/{meeting_id}/vertellen", code=303)


def _place(form: Values) -> tuple[str, str] | None:
    """Return another place, also when half of it is missing: the command refuses that."""
    if form["where"] != OTHER_PLACE:
        return None
    return form["place_name"], form["place_address"]


def _next_page(meeting_id: str) -> str:
    """Return the address after a change: the list of whom no message reaches, when there is anybody."""
    meeting = get_meeting_status(g.actor, meeting_id)
    shows_list = meeting.may_see_unreached and (meeting.unreached or not meeting.keeps_names)
    return f"/bijeenkomsten/{meeting_id}{'/vertellen' if shows_list else ''}"


def _change_page(meeting_id: str, request_id: str, values: Values, errors: Errors) -> str:
    meeting = get_plannable(g.actor, meeting_id)
    place = meeting.other_place
    usual = {
        "on": meeting.on.isoformat(),
        "at": meeting.at.strftime("%H:%M"),
        "minutes": meeting.minutes,
        "where": OTHER_PLACE if place else "usual",
        "place_name": place.name if place else "",
        "place_address": place.address if place else "",
    }
    return render_template(
        "meetings/meeting_changes/change.html",
        meeting=meeting,
        request_id=request_id,
        errors=errors,
        values={**usual, **values},
    )
