"""Gebeurtenissen: what was published between the services, the trace of one event, and what failed."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import urlencode

from flask import Blueprint, current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import EXCLUDE, ValidationError

from services.meetings.commands.access_log import log_access
from services.meetings.queries import event_trace
from services.meetings.schemas.event_trace import EventsFilter, ReplayForm
from shared.errors import Invalid, NotFound
from shared.messaging.operator import Operators, OperatorUnreachable
from shared.security.access import requires_staff
from shared.web.forms import Errors, Values, read_form, read_request_id
from shared.web.text import text, texts

pages = Blueprint("event_trace", __name__)
_FILTERS = {"soort": "name", "deel": "part", "over": "subject_id", "sinds": "since", "voor": "before"}


@pages.get("/gebeurtenissen")
@requires_staff(*event_trace.ROLES)
def list_events() -> ResponseReturnValue:
    """Show what failed first, then everything that was published."""
    filters, errors = _read_filters()
    published = event_trace.list_published(g.actor, _operators(), **filters)
    if "subject_id" in filters:
        for organisation_id in sorted({event.organisation_id for event in published.events}):
            _log_access(filters["subject_id"], organisation_id)
    page = render_template(
        "meetings/event_trace/list.html",
        failures=event_trace.list_failures(g.actor, _operators()),
        published=published,
        errors=errors,
        wanted=request.args,
        part_of=event_trace.PARTS,
        organisations=event_trace.organisation_names(g.actor),
        parts_of=_labels("parts"),
        names=_name_labels({*published.names, *([filters["name"]] if "name" in filters else ())}),
        onward=_next_address(published.next_before),
    )
    return page, 400 if errors else 200


@pages.get("/gebeurtenissen/wacht")
@requires_staff(*event_trace.ROLES)
def show_for_today() -> ResponseReturnValue:
    """Show for Vandaag how many dead letters there are and which services are silent; 204 when none."""
    failures = event_trace.list_failures(g.actor, _operators())
    number = len([dead_letter for dead_letter in failures.dead if dead_letter.replayed_at is None])
    if not number and not failures.silent:
        return "", 204
    return render_template(
        "meetings/event_trace/today.html", number=number, silent=failures.silent, part_of=event_trace.PARTS
    )


@pages.get("/gebeurtenissen/<uuid:event_id>")
@requires_staff(*event_trace.ROLES)
def show_event(event_id: str) -> str:
    """Show the trace of one event; the access is logged."""
    return _trace_page(event_id, {})


@pages.post("/gebeurtenissen/<uuid:event_id>/opnieuw")
@requires_staff(*event_trace.ROLES)
def replay(event_id: str) -> ResponseReturnValue:
    """Have one service replay a dead letter."""
    try:
        form = read_form(ReplayForm)
    except Invalid as error:
        return _trace_page(event_id, error.errors), error.status
    try:
        event_trace.replay(
            g.actor,
            _operators(),
            form["deel"],
            dead_id=form["nummer"],
            reason=form["reden"],
            request_id=read_request_id(),
        )
        flash(text("done", "event_replayed"))
    except NotFound:
        flash(text("done", "event_not_dead"))
    except OperatorUnreachable:
        flash(text("done", "service_silent"))
    return redirect(f"/gebeurtenissen/{event_id}", code=303)


def _trace_page(event_id: str, errors: Errors) -> str:
    trace = event_trace.get_event_trace(g.actor, _operators(), event_id)
    for organisation_id in sorted(trace.organisations):
        _log_access(event_id, organisation_id)
    return render_template(
        "meetings/event_trace/detail.html",
        trace=trace,
        errors=errors,
        reasons=_labels("replay_reasons"),
        organisations=event_trace.organisation_names(g.actor),
        part_of=event_trace.PARTS,
    )


def _log_access(about_id: str, organisation_id: str) -> None:
    log_access(
        g.actor, about_kind="events", about_id=about_id, organisation_id=organisation_id, purpose="event_trace"
    )


def _operators() -> Operators:
    operators: Operators = current_app.extensions["operators"]
    return operators


def _read_filters() -> tuple[Values, Errors]:
    """Return the filters as the query takes them, or the errors by field."""
    given = {name: value.strip() for name, value in request.args.items() if value.strip()}
    try:
        values = EventsFilter(unknown=EXCLUDE).load(given)
    except ValidationError as error:
        return {}, {name: list(messages) for name, messages in error.messages_dict.items()}
    return {
        _FILTERS[name]: str(value) if name in ("over", "voor") else value for name, value in values.items()
    }, {}


def _next_address(before: str | None) -> str | None:
    if before is None:
        return None
    kept = {name: value for name, value in request.args.items() if name in _FILTERS and name != "voor" and value}
    return "/gebeurtenissen?" + urlencode({**kept, "voor": before}) + "#alle"


@pages.app_template_filter()
def event_name(name: str) -> str:
    """Return what people call an event: a name of its own, or its noun and what happened to it."""
    own, happenings = texts().table("events"), texts().table("event_happenings")
    nouns = texts().table("event_nouns") | texts().table("event_subjects")
    words = name.split("_")
    for halfway in range(1, len(words)):
        noun, happened = "_".join(words[:halfway]), "_".join(words[halfway:])
        if noun in nouns and happened in happenings:
            return own.get(name, f"{nouns[noun]} {happenings[happened]}")
    return own.get(name, name)


def _name_labels(names: Collection[str]) -> list[tuple[str, str]]:
    return sorted(((name, event_name(name)) for name in names), key=lambda label: label[1])


def _labels(table: str) -> list[tuple[str, str]]:
    return list(texts().table(table).items())
