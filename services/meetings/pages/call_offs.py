"""Calling off one meeting: by a link from a message, and by who leads it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request
from werkzeug.wrappers import Response

from services.meetings.commands import call_offs
from services.meetings.commands.access_log import log_access
from services.meetings.pages.telling import told
from services.meetings.queries.call_offs import get_intention, list_expected
from services.meetings.queries.meeting_changes import get_meeting_status
from services.meetings.schemas.call_offs import CallOffForm
from shared.errors import NotFound, Refusal
from shared.ids import new_id
from shared.security.access import LinkGone, requires_link, requires_staff
from shared.web.forms import read_form, read_request_id
from shared.web.text import text

pages = Blueprint("call_off", __name__)
LINK_PATH = "/mijn/afmelden/<token>"


@pages.get(LINK_PATH)
@requires_link("call_off")
def arrive(token: str) -> Any:
    """How it stands, with a button. Programs that follow links in mails change nothing by looking."""
    return _link_page(token)


@pages.post(LINK_PATH)
@requires_link("call_off")
def call_off(token: str) -> Any:
    """I will not come this time."""
    return _run(call_offs.call_off, token)


@pages.post(f"{LINK_PATH}/toch")
@requires_link("call_off")
def take_back(token: str) -> Any:
    """I will come after all."""
    return _run(call_offs.take_back_call_off, token)


@pages.errorhandler(LinkGone)
def link_gone(gone: LinkGone) -> Any:
    """A link that is over, or is none of ours: said kindly, and nothing about whose it was."""
    return render_template("meetings/call_offs/link_gone.html", code=gone.code), gone.status


def _run(command: Any, token: str) -> Any:
    meeting_id, _, membership_id = g.link.subject.partition(".")
    try:
        command(g.actor, meeting_id=meeting_id, membership_id=membership_id, request_id=read_request_id())
    except NotFound:
        raise LinkGone("link_unknown") from None
    except Refusal as wrong:
        # It began, or is off, since the page was opened: the page says so.
        return _link_page(token), wrong.status
    to: Response = redirect(f"/mijn/afmelden/{token}{_from()}", code=303)
    return to


def _link_page(token: str) -> str:
    try:
        found = get_intention(g.link.subject)
    except NotFound:
        raise LinkGone("link_unknown") from None
    return render_template(
        "meetings/call_offs/by_link.html", token=token, found=found, request_id=new_id(), came_from=_from()
    )


def _from() -> str:
    """Whoever came from their own page finds the way back there; a link from a message has none to offer."""
    return "?van=mijn" if request.args.get("van") == "mijn" else ""


@pages.get("/bijeenkomsten/<meeting_id>/afmeldingen")
@requires_staff("facilitator")
def list_call_offs(meeting_id: str) -> str:
    """Who will not come this time; for who leads it, and that is noted."""
    return _call_offs_page(meeting_id, {})


@pages.post("/bijeenkomsten/<meeting_id>/afmeldingen")
@requires_staff("facilitator")
def record_call_off(meeting_id: str) -> Any:
    """Somebody rang that they will not come, or that they will after all."""
    try:
        form = read_form(CallOffForm)
        command = call_offs.take_back_call_off if form["comes"] else call_offs.call_off
        command(g.actor, meeting_id=meeting_id, membership_id=form["membership_id"], request_id=read_request_id())
    except Refusal as wrong:
        return _call_offs_page(meeting_id, told(wrong)), wrong.status
    flash(text("done", "call_off_taken_back" if form["comes"] else "called_off"))
    return redirect(f"/bijeenkomsten/{meeting_id}/afmeldingen", code=303)


def _call_offs_page(meeting_id: str, errors: dict[str, list[str]]) -> str:
    people = list_expected(g.actor, meeting_id)
    found = get_meeting_status(g.actor, meeting_id)
    log_access(
        g.actor, about_kind="attendance", about_id=meeting_id, organisation_id=found.organisation_id,
        purpose="call_offs",
    )  # fmt: skip
    return render_template("meetings/call_offs/list.html", meeting=found, people=people, errors=errors)
