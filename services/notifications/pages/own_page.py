"""Asking for a link to one's own page, with an e-mail address or a mobile number."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from services.notifications.commands import own_page
from services.notifications.schemas import OwnPageForm
from shared.errors import Invalid
from shared.security.access import public
from shared.security.actor import PUBLIC
from shared.security.rate_limit import TooManyRequests
from shared.web.forms import Errors, Values, form_errors, read_form, read_request_id, shows_again, submitted_values

pages = Blueprint("own_page", __name__)
HERE = "/mijn/berichten/link"


@pages.get(HERE)
@public("it asks for an address and shows nothing of anybody")
def ask() -> str:
    """Show the form."""
    return _page({}, {})


@pages.post(HERE)
@public("the response is the same for every address, so that it tells nothing")
@shows_again(lambda errors: _page(submitted_values(), errors))
def send_link() -> ResponseReturnValue:
    """Have a link sent to the address when it is somebody's."""
    try:
        channel, address = read_form(OwnPageForm)["contact"]
        own_page.send_link(
            PUBLIC, channel=channel, address=address, network=request.remote_addr, request_id=read_request_id()
        )
    except (Invalid, TooManyRequests) as refusal:
        return _page(submitted_values(), form_errors(refusal)), refusal.status
    return render_template("notifications/own_page/sent.html", channel=channel)


def _page(values: Values, errors: Errors) -> str:
    return render_template("notifications/own_page/ask.html", values=values, errors=errors)
