"""Asking for a link to one's own page, with an e-mail address or a mobile number."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from services.notifications.commands import own_page
from services.notifications.schemas import OwnPageForm
from shared.errors import Invalid
from shared.security.access import public
from shared.security.actor import PUBLIC
from shared.web.forms import Errors, Values, read_form, read_request_id, submitted_values

pages = Blueprint("own_page", __name__)
HERE = "/mijn/berichten/link"


@pages.get(HERE)
@public("it asks for an address and shows nothing of anybody")
def ask() -> str:
    """Show the form."""
    return _page({}, {})


@pages.post(HERE)
@public("the response is the same for every address, so that it tells nothing")
def send_link() -> ResponseReturnValue:
    """Have a link sent to the address when it is somebody's."""
    try:
        channel, address = read_form(OwnPageForm)["contact"]
    except Invalid as refusal:
        return _page(submitted_values(), refusal.errors), 400
    own_page.send_link(PUBLIC, channel=channel, address=address, request_id=read_request_id())
    return render_template("notifications/own_page/sent.html", channel=channel)


def _page(values: Values, errors: Errors) -> str:
    return render_template("notifications/own_page/ask.html", values=values, errors=errors)
