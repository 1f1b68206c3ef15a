"""Gebeurtenissen: what was said between the services, how it went its way, and what got stuck."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, current_app, flash, g, redirect, render_template, request
from marshmallow import EXCLUDE, ValidationError

from services.meetings.commands.access_log import log_access
from services.meetings.queries import way as look
from services.meetings.schemas.event_trace import EventsFilter, ReplayForm
from shared.errors import Invalid, NotFound
from shared.messaging.operator import Operators, OperatorUnreachable
from shared.security.access import requires_staff
from shared.web.forms import form_errors, read_form, read_request_id
from shared.web.text import text, texts

pages = Blueprint("events", __name__)
_FILTERS = {"soort": "name", "deel": "part", "over": "subject_id", "sinds": "since", "voor": "before"}


@pages.get("/gebeurtenissen")
@requires_staff(*look.ROLES)
def flow() -> Any:
    """What asks for a person first, then everything that was said."""
    try:
        wanted, errors = _wanted(), {}
    except ValidationError as wrong:
        wanted, errors = {}, {name: list(said) for name, said in wrong.messages_dict.items()}
    asked = {_FILTERS[name]: value for name, value in wanted.items()}
    listing = look.list_events(g.actor, _operators(), **asked)
    if "subject_id" in asked:
        for organisation_id in sorted({line.organisation_id for line in listing.lines}):
            _note_look(asked["subject_id"], organisation_id)
    page = render_template(
        "meetings/events.html", stuck=look.list_stuck(g.actor, _operators()), listing=listing, errors=errors,
        wanted=request.args, organisations=look.organisation_names(g.actor), parts_of=_labelled("parts"),
        events=sorted(_labelled("events"), key=lambda one: one[1]), onward=_onward(listing.onward),
    )  # fmt: skip
    return page, 400 if errors else 200


@pages.get("/gebeurtenissen/wacht")
@requires_staff(*look.ROLES)
def waits() -> Any:
    """For Vandaag: how many events need a person, and which parts keep silent; nothing when all is well."""
    stuck = look.list_stuck(g.actor, _operators())
    number = len([one for one in stuck.dead if one.replayed_at is None])
    if not number and not stuck.silent:
        return "", 204
    return render_template("meetings/events_wait.html", number=number, silent=stuck.silent)


@pages.get("/gebeurtenissen/<uuid:event_id>")
@requires_staff(*look.ROLES)
def one(event_id: Any) -> str:
    """The whole way of one event; who looks is written down, because it is about somebody."""
    return _way_page(str(event_id), {})


@pages.post("/gebeurtenissen/<uuid:event_id>/opnieuw")
@requires_staff(*look.ROLES)
def replay(event_id: Any) -> Any:
    """Have one service try an event again that it could not handle."""
    try:
        form = read_form(ReplayForm)
    except Invalid as wrong:
        return _way_page(str(event_id), form_errors(wrong, ())), wrong.status
    try:
        look.replay(
            g.actor, _operators(), form["deel"], dead_id=form["nummer"], reason=form["reden"],
            request_id=read_request_id(),
        )  # fmt: skip
        flash(text("done", "event_replayed"))
    except NotFound:
        flash(text("done", "event_not_dead"))
    except OperatorUnreachable:
        flash(text("done", "service_silent"))
    return redirect(f"/gebeurtenissen/{event_id}", code=303)


def _way_page(event_id: str, errors: dict[str, list[str]]) -> str:
    way = look.get_way(g.actor, _operators(), event_id)
    for organisation_id in sorted(way.organisations):
        _note_look(event_id, organisation_id)
    return render_template(
        "meetings/event.html", way=way, line=way.line, errors=errors, reasons=_labelled("replay_reasons"),
        organisations=look.organisation_names(g.actor),
    )  # fmt: skip


def _note_look(about_id: str, organisation_id: str) -> None:
    log_access(
        g.actor, about_kind="events", about_id=about_id, organisation_id=organisation_id, purpose="way_of_events"
    )


def _operators() -> Operators:
    found: Operators = current_app.extensions["operators"]
    return found


def _wanted() -> dict[str, Any]:
    given = {name: value.strip() for name, value in request.args.items() if value.strip()}
    read = EventsFilter(unknown=EXCLUDE).load(given)
    return {name: str(value) if name in ("over", "voor") else value for name, value in read.items()}


def _onward(before: str | None) -> str | None:
    if before is None:
        return None
    kept = {name: value for name, value in request.args.items() if name in _FILTERS and name != "voor" and value}
    return "/gebeurtenissen?" + urlencode({**kept, "voor": before}) + "#alle"


def _labelled(table: str) -> list[tuple[str, str]]:
    return list(texts().table(table).items())
