"""Calling off for this once, by a link from a message: a page that says no more than the message did."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, redirect, render_template, request
from werkzeug.wrappers import Response

from services.meetings.commands import call_offs as do
from services.meetings.queries.call_offs import get_intention
from shared.errors import NotFound, Refusal
from shared.ids import new_id
from shared.security.access import LinkGone, requires_link
from shared.web.forms import read_request_id

pages = Blueprint("call_off", __name__)
HERE = "/mijn/afmelden/<token>"


@pages.get(HERE)
@requires_link("call_off")
def arrive(token: str) -> Any:
    """How it stands, with a button. Programs that follow links in mails change nothing by looking."""
    return _page(token)


@pages.post(HERE)
@requires_link("call_off")
def call_off(token: str) -> Any:
    """I will not come this time."""
    return _do(do.call_off, token)


@pages.post(f"{HERE}/toch")
@requires_link("call_off")
def take_back(token: str) -> Any:
    """I will come after all."""
    return _do(do.take_back_call_off, token)


@pages.errorhandler(LinkGone)
def link_gone(gone: LinkGone) -> Any:
    """A link that is over, or is none of ours: said kindly, and nothing about whose it was."""
    return render_template("meetings/call_off_gone.html", code=gone.code), gone.status


def _do(command: Any, token: str) -> Any:
    meeting_id, _, membership_id = g.link.subject.partition(".")
    try:
        command(g.actor, meeting_id=meeting_id, membership_id=membership_id, request_id=read_request_id())
    except NotFound:
        raise LinkGone("link_unknown") from None
    except Refusal as wrong:
        # It began, or is off, since the page was opened: the page says so.
        return _page(token), wrong.status
    to: Response = redirect(f"/mijn/afmelden/{token}{_from()}", code=303)
    return to


def _page(token: str) -> str:
    try:
        found = get_intention(g.link.subject)
    except NotFound:
        raise LinkGone("link_unknown") from None
    return render_template(
        "meetings/call_off.html", token=token, found=found, request_id=new_id(), came_from=_from()
    )


def _from() -> str:
    """Whoever came from their own page finds the way back there; a link from a message has none to offer."""
    return "?van=mijn" if request.args.get("van") == "mijn" else ""
