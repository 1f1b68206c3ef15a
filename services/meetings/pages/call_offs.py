"""Calling off one meeting: by a link from a message, and by whoever leads it."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from services.meetings.commands import call_offs
from services.meetings.commands.access_log import log_access
from services.meetings.queries.call_offs import get_intention, list_expected
from services.meetings.queries.meeting_changes import get_meeting_status
from services.meetings.schemas.call_offs import CallOffForm
from shared.errors import NotFound, Refusal
from shared.ids import new_id
from shared.security.access import LinkGone, requires_link, requires_staff
from shared.web.forms import Errors, handle_form, read_form, read_request_id

pages = Blueprint("call_offs", __name__)
LINK_PATH = "/mijn/afmelden/<token>"


@pages.get(LINK_PATH)
@requires_link("call_off")
def arrive(token: str) -> ResponseReturnValue:
    """Show the current intention, with a button: opening a link, as mail scanners do, changes nothing."""
    return _link_page(token)


@pages.post(LINK_PATH)
@requires_link("call_off")
def call_off(token: str) -> ResponseReturnValue:
    """Call off, for this once."""
    return _run(call_offs.call_off, token)


@pages.post(f"{LINK_PATH}/toch")
@requires_link("call_off")
def take_back(token: str) -> ResponseReturnValue:
    """Take the call-off back."""
    return _run(call_offs.take_back_call_off, token)


@pages.errorhandler(LinkGone)
def link_gone(gone: LinkGone) -> ResponseReturnValue:
    """Show that a link has expired or is unknown, and nothing about whose it was."""
    return render_template("meetings/call_offs/link_gone.html", code=gone.code), gone.status


def _run(command: Callable[..., str], token: str) -> ResponseReturnValue:
    meeting_id, _, membership_id = g.link.subject.partition(".")
    try:
        command(g.actor, meeting_id=meeting_id, membership_id=membership_id, request_id=read_request_id())
    except NotFound:
        raise LinkGone("link_unknown") from None
    except Refusal as refusal:
        # It began, or is off, since the page was opened: the page shows that.
        return _link_page(token), refusal.status
    response: Response = redirect(f"/mijn/afmelden/{token}{_from()}", code=303)
    return response


def _link_page(token: str) -> str:
    try:
        intention = get_intention(g.link.subject)
    except NotFound:
        raise LinkGone("link_unknown") from None
    return render_template(
        "meetings/call_offs/by_link.html",
        token=token,
        intention=intention,
        request_id=new_id(),
        came_from=_from(),
    )


def _from() -> str:
    """Return the query that leads back to the participant's own page, when they came from there."""
    return "?van=mijn" if request.args.get("van") == "mijn" else ""


@pages.get("/bijeenkomsten/<uuid:meeting_id>/afmeldingen")
@requires_staff("facilitator")
def list_call_offs(meeting_id: str) -> str:
    """Show who called off, to whoever leads the meeting; the access is logged."""
    return _call_offs_page(meeting_id, {})


@pages.post("/bijeenkomsten/<uuid:meeting_id>/afmeldingen")
@requires_staff("facilitator")
def record_call_off(meeting_id: str) -> ResponseReturnValue:
    """Record that a member phoned to call off, or to take that back."""

    def act(request_id: str) -> tuple[str, str]:
        form = read_form(CallOffForm)
        command = call_offs.take_back_call_off if form["comes"] else call_offs.call_off
        command(g.actor, meeting_id=meeting_id, membership_id=form["membership_id"], request_id=request_id)
        return f"/bijeenkomsten/{meeting_id}/afmeldingen", "call_off_taken_back" if form["comes"] else "called_off"

    return handle_form(act, lambda _id, _values, errors: _call_offs_page(meeting_id, errors), fields=())


def _call_offs_page(meeting_id: str, errors: Errors) -> str:
    people = list_expected(g.actor, meeting_id)
    meeting = get_meeting_status(g.actor, meeting_id)
    log_access(
        g.actor,
        about_kind="attendance",
        about_id=meeting_id,
        organisation_id=meeting.organisation_id,
        purpose="call_offs",
    )
    return render_template("meetings/call_offs/list.html", meeting=meeting, people=people, errors=errors)
