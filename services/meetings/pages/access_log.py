"""Inzage: the access log for the manager of an organisation, and for a participant about themselves."""

from __future__ import annotations

import csv
import io
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, g, render_template, request
from werkzeug.wrappers import Response

from services.meetings.commands.access_log import log_access, log_export
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
from shared.errors import NotFound
from shared.security.access import requires_participant, requires_staff
from shared.web.text import text

pages = Blueprint("trail", __name__)
_COLUMNS = ("wanneer", "wat", "wie", "soort", "rollen", "waarover", "groep", "bijeenkomst", "collega", "doel",
            "uitkomst", "kenmerk")  # fmt: skip


@pages.get("/beheer/inzage")
@requires_staff("manager")
def overview() -> Any:
    """The trail, newest first, page by page."""
    here, asked, wrong = _read_filter()
    lines = list_access_log(g.actor, here.id, asked)
    if asked.before is None:
        log_access(g.actor, about_kind="trail", about_id=here.id, organisation_id=here.id, purpose="trail")
    shown, more = lines[:PAGE_SIZE], len(lines) > PAGE_SIZE
    kept = {key: value for key, value in request.args.items() if key != "voor" and value}
    return render_template(
        "meetings/access_log/list.html", here=here, managed=list_organisations(g.actor, "manager"), lines=shown,
        colleagues=list_colleagues(g.actor, here.id), values=request.args, errors=wrong, events=EVENTS,
        older=f"/beheer/inzage?{urlencode({**kept, 'voor': shown[-1].id})}" if more else None,
        export=f"/beheer/inzage.csv?{urlencode({**kept, 'organisatie': here.id})}",
    )  # fmt: skip


@pages.get("/beheer/inzage.csv")
@requires_staff("manager")
def export() -> Response:
    """The same as a file for a spreadsheet, as much as was asked for."""
    here, asked, _ = _read_filter()
    lines = list_access_log(g.actor, here.id, asked, MOST_EXPORTED)[:MOST_EXPORTED]
    log_export(g.actor, about_kind="trail", about_id=here.id, organisation_id=here.id, purpose="trail")
    file = io.StringIO()
    sheet = csv.writer(file, delimiter=";")
    sheet.writerow(_COLUMNS)
    sheet.writerows([_harmless(cell) for cell in _cells(line)] for line in lines)
    # The mark at the beginning tells spreadsheets that it is UTF-8.
    response = Response("\ufeff" + file.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="inzage.csv"'
    return response


def _read_filter() -> tuple[OrganisationView, AccessLogFilter, dict[str, list[str]]]:
    """Which organisation and which lines; what cannot be read of the question is left out and said."""
    managed = list_organisations(g.actor, "manager")
    wanted = request.args.get("organisatie")
    here = next((one for one in managed if wanted in (None, "", one.id)), None)
    if here is None:
        raise NotFound()
    typed = {key: value.strip() for key, value in request.args.items() if value.strip()}
    form = AccessLogForm(unknown="exclude")
    wrong: dict[str, list[str]] = form.validate(typed)
    read: Any = form.load({key: value for key, value in typed.items() if key not in wrong})
    return here, AccessLogFilter(**read), wrong


def _cells(line: AccessLogEntry) -> tuple[str, ...]:
    return (
        clock.local(line.at).isoformat(timespec="seconds"), text("trail_events", line.event), line.name,
        text("trail_by", line.by), ", ".join(text("roles", role) for role in line.roles),
        text("trail_kinds", line.kind), line.group, "" if line.meeting_on is None else line.meeting_on.isoformat(),
        line.colleague, line.purpose, line.outcome, line.about_id,
    )  # fmt: skip


def _harmless(cell: str) -> str:
    """A cell that a spreadsheet would take for a formula is made text."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


@pages.get("/mijn/inzage")
@requires_participant()
def own_access() -> str:
    """Who looked at what of this person, in this service."""
    return render_template("meetings/access_log/own.html", days=list_accesses_to(g.actor.id))
