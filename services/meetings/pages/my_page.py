"""A participant's own page: a code sent to their channel opens it for a quarter of an hour."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from services.meetings.commands import my_page
from services.meetings.commands.my_page import Access
from services.meetings.pages.sign_in import is_tls, public_url, safe_path, set_pass_cookie
from services.meetings.queries.my_page import get_my_page
from services.meetings.queries.organisations import theme_of
from services.meetings.queries.participants import is_known
from shared.errors import NotFound
from shared.security.access import Cookies, LinkGone, public, requires_link, requires_participant
from shared.security.passes import PARTICIPANT_SECONDS
from shared.security.rate_limit import TooManyRequests
from shared.web.forms import Errors, read_request_id
from shared.web.text import text

pages = Blueprint("my_page", __name__)
LINK_PATH = "/mijn/naar/<token>"


@pages.get("/mijn")
@requires_participant()
def overview() -> ResponseReturnValue:
    """Show when the participant's groups meet, with links to their other pages."""
    try:
        own = get_my_page(g.actor.id)
        theme = theme_of(own.organisations)
        return render_template("meetings/my_page/overview.html", my_page=own, theme=theme)
    except NotFound:
        # Erased while the pass was still good: there is nobody any more to show a page to.
        return leave()


@pages.get("/mijn/code")
@public("it says how to come in, and knows nothing of who reads it")
def how_to_come_in() -> str:
    """Show somebody without a pass how to ask for a link to their own page."""
    return render_template("meetings/my_page/how_to_come_in.html", has_left="uit" in request.args)


@pages.get(LINK_PATH)
@requires_link("mine")
def arrive(token: str) -> ResponseReturnValue:
    """Show a button: opening a link, as mail scanners do, sends nothing to anybody."""
    _check_somebody()
    return _page("meetings/my_page/send_code.html", token, {})


@pages.post(LINK_PATH)
@requires_link("mine")
def send_code(token: str) -> ResponseReturnValue:
    """Have a code sent to the participant's own channel."""
    try:
        my_page.request_access(g.actor, participant_id=g.link.subject, token=token, request_id=read_request_id())
    except TooManyRequests as refusal:
        errors = {"": [text("refusals", refusal.code)]}
        return _page("meetings/my_page/send_code.html", token, errors), refusal.status
    except NotFound:
        raise LinkGone("link_unknown") from None
    return redirect(f"/mijn/naar/{token}/code?naar={quote(_there())}", code=303)


@pages.get(f"{LINK_PATH}/code")
@requires_link("mine")
def ask_code(token: str) -> ResponseReturnValue:
    """Show the page to type the code."""
    _check_somebody()
    return _page("meetings/my_page/code.html", token, {})


@pages.post(f"{LINK_PATH}/code")
@requires_link("mine")
def use_code(token: str) -> ResponseReturnValue:
    """Open the page, or let the code be typed again."""
    outcome = my_page.use_code(
        g.link.subject, request.form.get("code", ""), token=token, request_id=read_request_id()
    )
    if outcome is Access.OPEN:
        return _open_page(g.link.subject)
    status = 429 if outcome is Access.TOO_OFTEN else 409
    return _page(
        "meetings/my_page/code.html", token, {"code": [text("refusals", f"access_code_{outcome}")]}
    ), status


@pages.post("/mijn/uit")
@public("signing out twice is fine")
def leave() -> Response:
    """Sign out on this device."""
    response = redirect("/mijn/code?uit=1", code=303)
    response.delete_cookie(_cookie(), path="/", secure=is_tls())
    return response


@pages.errorhandler(LinkGone)
def link_gone(gone: LinkGone) -> ResponseReturnValue:
    """Show that a link has expired or is unknown, and nothing about whose it was."""
    return render_template("meetings/my_page/link_gone.html", code=gone.code), gone.status


def own_path(there: str) -> str:
    """Return the path when it is one of the participant's own pages, else that of the overview."""
    is_ours = safe_path(there) == there and f"{there}/".startswith("/mijn/") and ".." not in there
    return there if is_ours else "/mijn"


def _check_somebody() -> None:
    """Refuse the link of somebody who was erased."""
    if not is_known(g.link.subject):
        raise LinkGone("link_unknown")


def _there() -> str:
    return own_path(request.values.get("naar", ""))


def _page(template: str, token: str, errors: Errors) -> str:
    return render_template(template, token=token, errors=errors, naar=_there())


def _open_page(participant_id: str) -> Response:
    response = redirect(_there(), code=303)
    set_pass_cookie(response, _cookie(), my_page.sign_participant_pass(participant_id), PARTICIPANT_SECONDS)
    return response


def _cookie() -> str:
    return Cookies.of(public_url()).participant
