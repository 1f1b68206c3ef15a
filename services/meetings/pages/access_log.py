"""Inzage: the access log for the manager of an organisation, and for a participant about themselves."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from services.meetings.commands.access_log import log_access, log_export
from services.meetings.pages.organisations import chosen_among
from services.meetings.queries.access_log import (
    EVENTS,
    MOST_EXPORTED,
    PAGE_SIZE,
    AccessLogEntry,
    AccessLogFilter,
    list_access_log,
    list_accesses_to,
)
from services.meetings.queries.organisations import OrganisationView, list_organisations
from services.meetings.queries.staff import list_colleagues
from services.meetings.schemas.access_log import AccessLogForm
from shared import clock
from shared.security.access import requires_participant, requires_staff
from shared.web.csv_file import csv_file
from shared.web.forms import Errors, Values
from shared.web.text import text

pages = Blueprint("access_log", __name__)
_COLUMNS = ("wanneer", "wat", "wie", "soort", "rollen", "waarover", "groep", "bijeenkomst", "collega", "doel",
            "uitkomst", "kenmerk")  # fmt: skip


@pages.get("/beheer/inzage")
@requires_staff("manager")
def overview() -> ResponseReturnValue:
    """Show the access log, newest first, page by page."""
    here, filters, errors = _read_filter()
    entries = list_access_log(g.actor, here.id, filters)
    if filters.before is None:
        log_access(g.actor, about_kind="trail", about_id=here.id, organisation_id=here.id, purpose="trail")
    shown, more = entries[:PAGE_SIZE], len(entries) > PAGE_SIZE
    query = {key: value for key, value in request.args.items() if key != "voor" and value}
    return render_template(
        "meetings/access_log/list.html",
        here=here,
        managed=list_organisations(g.actor, "manager"),
        entries=shown,
        colleagues=list_colleagues(g.actor, here.id),
        values=request.args,
        errors=errors,
        events=EVENTS,
        older=f"/beheer/inzage?{urlencode({**query, 'voor': shown[-1].id})}" if more else None,
        export=f"/beheer/inzage.csv?{urlencode({**query, 'organisatie': here.id})}",
    )


@pages.get("/beheer/inzage.csv")
@requires_staff("manager")
def export() -> Response:
    """Serve the filtered entries as a CSV file."""
    here, filters, _ = _read_filter()
    entries = list_access_log(g.actor, here.id, filters, MOST_EXPORTED)[:MOST_EXPORTED]
    log_export(g.actor, about_kind="trail", about_id=here.id, organisation_id=here.id, purpose="trail")
    return csv_file("inzage.csv", _COLUMNS, map(_cells, entries))


def _read_filter() -> tuple[OrganisationView, AccessLogFilter, Errors]:
    """Return the organisation, the filter, and the errors of fields that were left out of it."""
    here = chosen_among(list_organisations(g.actor, "manager"), request.args.get("organisatie") or None)
    typed = {key: value.strip() for key, value in request.args.items() if value.strip()}
    form = AccessLogForm(unknown="exclude")
    errors: Errors = form.validate(typed)
    read: Values = form.load({key: value for key, value in typed.items() if key not in errors})
    return here, AccessLogFilter(**read), errors


def _cells(entry: AccessLogEntry) -> tuple[str, ...]:
    return (
        clock.local(entry.at).isoformat(timespec="seconds"),
        text("access_events", entry.event),
        entry.name,
        text("access_by", entry.by),
        ", ".join(text("roles", role) for role in entry.roles),
        text("access_kinds", entry.kind),
        entry.group,
        "" if entry.meeting_on is None else entry.meeting_on.isoformat(),
        entry.colleague,
        entry.purpose,
        entry.outcome,
        entry.about_id,
    )


@pages.get("/mijn/inzage")
@requires_participant()
def own_access() -> str:
    """Show who read this person's data, in this service."""
    return render_template("meetings/access_log/own.html", days=list_accesses_to(g.actor.id))
