"""Looking after messages: what asks for a person, the flow of all, and one of them whole."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypedDict
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import EXCLUDE, ValidationError
from werkzeug.wrappers import Response

from services.notifications.commands import addresses, triage
from services.notifications.queries.flow import MessageFilter, list_messages
from services.notifications.queries.messages import (
    MESSAGE_TYPES,
    ROLES,
    STATES,
    get_message,
)
from services.notifications.queries.triage import list_asking, list_causes
from services.notifications.schemas import FlowFilter, LetThroughForm
from shared.errors import NotFound
from shared.ids import new_id
from shared.security.access import requires_staff
from shared.web.forms import Errors, Values, handle_form, read_form, read_request_id
from shared.web.text import text

pages = Blueprint("messages", __name__)


class Filter(TypedDict, total=False):
    """Which messages are wanted, by the names that they have in the address."""

    stand: str
    soort: str
    oorzaak: str
    groep: str
    voor: str
    na: str


@pages.get("/berichten")
@requires_staff(*ROLES)
def flow() -> str:
    """Show why messages did not arrive first, opened for one cause to who they are for; then all messages."""
    wanted = _wanted()
    cause = wanted.pop("oorzaak", None)
    asking = [] if cause is None else list_asking(g.actor, cause)
    triage.log_access(g.actor, [(message.summary.id, message.summary.organisation_id) for message in asking])
    filters = MessageFilter(
        wanted.get("stand"), wanted.get("soort"), wanted.get("groep"), wanted.get("voor"), wanted.get("na")
    )
    listing = list_messages(g.actor, filters)
    return render_template(
        "notifications/messages/list.html",
        causes=list_causes(g.actor),
        opened=cause,
        asking=asking,
        listing=listing,
        wanted=wanted,
        states=_labelled("states", STATES),
        message_types=_labelled("message_types", MESSAGE_TYPES),
        older=_link_to(wanted, listing.after) if listing.after else None,
        newest=_link_to(wanted, None) if "na" in wanted else None,
        has_mailbox=current_app.extensions["settings"].shows_mailbox,
    )


@pages.get("/berichten/<uuid:message_id>")
@requires_staff(*ROLES)
def show(message_id: UUID) -> str:
    """Show one message whole; access is logged, because it tells who it is for."""
    return _page_of(message_id, new_id(), {}, {})


def _page_of(message_id: UUID, request_id: str, values: Values, errors: Errors) -> str:
    details = get_message(g.actor, str(message_id), current_app.extensions["sender_details"])
    message = details.summary
    triage.log_access(g.actor, [(message.id, message.organisation_id)])
    may = details.may if "messenger" in g.actor.roles_in(message.organisation_id) else frozenset()
    cents = current_app.extensions["settings"].sms_part_cents
    return render_template(
        "notifications/messages/details.html",
        details=details,
        message=message,
        may=may,
        part_cents=cents,
        request_id=request_id,
        values=values,
        errors=errors,
    )


@pages.post("/berichten/<uuid:message_id>/tegenhouden")
@requires_staff("messenger")
def hold_back(message_id: UUID) -> Response:
    return _done(triage.hold_back, message_id, "held_back")


@pages.post("/berichten/<uuid:message_id>/opnieuw")
@requires_staff("messenger")
def try_again(message_id: UUID) -> Response:
    return _done(triage.try_again, message_id, "tried_again")


@pages.post("/berichten/<uuid:message_id>/toch-versturen")
@requires_staff("messenger")
def let_through(message_id: UUID) -> ResponseReturnValue:
    """Let a message go that was held because of a word, with the reason why."""

    def act(request_id: str) -> tuple[str, str]:
        form = read_form(LetThroughForm)
        triage.let_through(g.actor, message_id=str(message_id), request_id=request_id, **form)
        return f"/berichten/{message_id}", "let_through"

    return handle_form(act, partial(_page_of, message_id), fields=("reason",))


@pages.post("/berichten/<uuid:message_id>/gezien")
@requires_staff("messenger")
def mark_resolved(message_id: UUID) -> Response:
    return _done(triage.mark_resolved, message_id, "seen_to")


@pages.post("/berichten/<uuid:message_id>/adres-klopt")
@requires_staff("messenger")
def confirm_verbally(message_id: UUID) -> Response:
    return _done(addresses.confirm_verbally, message_id, "confirmed_verbally")


def _done(command: Callable[..., str], message_id: UUID, done: str) -> Response:
    there = command(g.actor, message_id=str(message_id), request_id=read_request_id())
    flash(text("done", done))
    return redirect(f"/berichten/{there}", code=303)


def _wanted() -> Filter:
    given = {key: value for key, value in request.args.items() if value}
    try:
        wanted: Filter = FlowFilter(unknown=EXCLUDE).load(given)
    except ValidationError:
        raise NotFound() from None
    return wanted


def _link_to(wanted: Filter, after: str | None) -> str:
    """Return the address of another page of the same list: the one after a message, or the first."""
    kept = {name: value for name, value in wanted.items() if name != "na"}
    return "/berichten?" + urlencode({**kept, "na": after} if after else kept) + "#alle"


def _labelled(table: str, codes: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(code, text(table, code)) for code in codes]
