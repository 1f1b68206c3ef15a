"""Inzage: who looked at whom and who did what in this service, for the manager of an organisation."""

from __future__ import annotations

import csv
import io
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, g, render_template, request
from werkzeug.wrappers import Response

from services.meetings.commands.looks import note_export, note_look
from services.meetings.queries import staff as look
from services.meetings.queries import trail
from services.meetings.queries.trail import TrailAsked, TrailLine
from services.meetings.schemas import TrailForm
from shared import clock
from shared.errors import NotFound
from shared.security.access import requires_staff
from shared.web.text import text

pages = Blueprint("trail", __name__)
_COLUMNS = ("wanneer", "wat", "wie", "soort", "rollen", "waarover", "groep", "bijeenkomst", "collega", "doel",
            "uitkomst", "kenmerk")  # fmt: skip


@pages.get("/beheer/inzage")
@requires_staff("manager")
def overview() -> Any:
    """The trail, newest first, page by page."""
    here, asked, wrong = _asked()
    lines = trail.list_trail(g.actor, here.id, asked)
    if asked.before is None:
        note_look(g.actor, about_kind="trail", about_id=here.id, organisation_id=here.id, purpose="trail")
    shown, more = lines[: trail.PAGE], len(lines) > trail.PAGE
    kept = {key: value for key, value in request.args.items() if key != "voor" and value}
    return render_template(
        "meetings/trail.html", here=here, managed=look.list_organisations(g.actor, "manager"), lines=shown,
        colleagues=look.list_colleagues(g.actor, here.id), values=request.args, errors=wrong, events=trail.EVENTS,
        older=f"/beheer/inzage?{urlencode({**kept, 'voor': shown[-1].id})}" if more else None,
        export=f"/beheer/inzage.csv?{urlencode({**kept, 'organisatie': here.id})}",
    )  # fmt: skip


@pages.get("/beheer/inzage.csv")
@requires_staff("manager")
def export() -> Response:
    """The same as a file for a spreadsheet, as much as was asked for."""
    here, asked, _ = _asked()
    lines = trail.list_trail(g.actor, here.id, asked, trail.MOST_EXPORTED)[: trail.MOST_EXPORTED]
    note_export(g.actor, about_kind="trail", about_id=here.id, organisation_id=here.id, purpose="trail")
    file = io.StringIO()
    sheet = csv.writer(file, delimiter=";")
    sheet.writerow(_COLUMNS)
    sheet.writerows([_harmless(cell) for cell in _row(line)] for line in lines)
    # The mark at the beginning tells spreadsheets that it is UTF-8.
    response = Response("\ufeff" + file.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="inzage.csv"'
    return response


def _asked() -> tuple[look.OrganisationView, TrailAsked, dict[str, list[str]]]:
    """Which organisation and which lines; what cannot be read of the question is left out and said."""
    managed = look.list_organisations(g.actor, "manager")
    wanted = request.args.get("organisatie")
    here = next((one for one in managed if wanted in (None, "", one.id)), None)
    if here is None:
        raise NotFound()
    typed = {key: value.strip() for key, value in request.args.items() if value.strip()}
    form = TrailForm(unknown="exclude")
    wrong: dict[str, list[str]] = form.validate(typed)
    read: Any = form.load({key: value for key, value in typed.items() if key not in wrong})
    return here, TrailAsked(**read), wrong


def _row(line: TrailLine) -> tuple[str, ...]:
    return (
        clock.local(line.at).isoformat(timespec="seconds"), text("trail_events", line.event), line.name,
        text("trail_by", line.by), ", ".join(text("roles", role) for role in line.roles),
        text("trail_kinds", line.kind), line.group, "" if line.meeting_on is None else line.meeting_on.isoformat(),
        line.colleague, line.purpose, line.outcome, line.about_id,
    )  # fmt: skip


def _harmless(cell: str) -> str:
    """A cell that a spreadsheet would take for a formula is made text."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
