"""Calendars at a secret address: of a group, for who comes there, and somebody's own."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, Response, current_app, flash, g, redirect, render_template

from services.meetings.commands import calendars as do
from services.meetings.pages import ics
from services.meetings.pages.telling import told
from services.meetings.queries import calendar as look
from services.meetings.schemas import CalendarForm
from shared.errors import Refusal
from shared.ids import new_id
from shared.security.access import public, requires_participant, requires_staff
from shared.web.forms import read_form, read_request_id
from shared.web.text import text

pages = Blueprint("calendar", __name__)
WHY = "the secret in the address is the proof; a calendar cannot sign in"
SECRET_BYTES = 32


@pages.get("/groepen/<group_id>/agenda")
@requires_staff("coordinator", "facilitator")
def group_calendar(group_id: str) -> str:
    """Whether the group has an address, and a button for a new one."""
    return _group_page(group_id, {}, None)


@pages.post("/groepen/<group_id>/agenda")
@requires_staff("coordinator", "facilitator")
def open_group_calendar(group_id: str) -> Any:
    """A new address, shown on this page and never again."""
    try:
        secret = read_form(CalendarForm)["secret"]
        do.open_group_calendar(g.actor, group_id=group_id, secret=secret, request_id=read_request_id())
    except Refusal as wrong:
        return _group_page(group_id, told(wrong), None), wrong.status
    return _group_page(group_id, {}, f"/groepen/{group_id}/agenda/{secret}.ics")


@pages.post("/groepen/<group_id>/agenda/weg")
@requires_staff("coordinator", "facilitator")
def withdraw_group_calendar(group_id: str) -> Any:
    """The address stops working."""
    do.withdraw_group_calendar(g.actor, group_id=group_id, request_id=read_request_id())
    flash(text("done", "calendar_withdrawn"))
    return redirect(f"/groepen/{group_id}/agenda", code=303)


@pages.get("/groepen/<group_id>/agenda/<secret>.ics")
@public(WHY)
def read_group_calendar(group_id: str, secret: str) -> Response:
    """The meetings of a group, without anybody's name."""
    return _file(look.list_entries_of_group(group_id, secret))


@pages.get("/mijn/agenda")
@requires_participant()
def my_calendar() -> str:
    """Whether somebody has an address, and a button for a new one."""
    return _my_page({}, None)


@pages.post("/mijn/agenda")
@requires_participant()
def open_my_calendar() -> Any:
    """A new address, shown on this page and never again."""
    try:
        secret = read_form(CalendarForm)["secret"]
        do.open_my_calendar(g.actor, secret=secret, request_id=read_request_id())
    except Refusal as wrong:
        return _my_page(told(wrong), None), wrong.status
    return _my_page({}, f"/mijn/agenda/{secret}.ics")


@pages.post("/mijn/agenda/weg")
@requires_participant()
def withdraw_my_calendar() -> Any:
    """The address stops working."""
    do.withdraw_my_calendar(g.actor, request_id=read_request_id())
    flash(text("done", "calendar_withdrawn"))
    return redirect("/mijn/agenda", code=303)


@pages.get("/mijn/agenda/<secret>.ics")
@public(WHY)
def read_my_calendar(secret: str) -> Response:
    """Somebody's meetings, in all their groups."""
    return _file(look.list_my_entries(secret))


def _file(entries: list[look.Entry]) -> Response:
    answer = Response(ics.write(entries), content_type=ics.CONTENT_TYPE)
    answer.headers["Content-Disposition"] = 'inline; filename="agenda.ics"'
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _group_page(group_id: str, errors: dict[str, list[str]], path: str | None) -> str:
    found = look.get_group_calendar(g.actor, group_id)
    return render_template("meetings/group_calendar.html", calendar=found, **_asked(errors, path))


def _my_page(errors: dict[str, list[str]], path: str | None) -> str:
    return render_template(
        "meetings/my_calendar.html", made_at=look.my_calendar_made_at(g.actor), **_asked(errors, path)
    )


def _asked(errors: dict[str, list[str]], path: str | None) -> dict[str, Any]:
    """The address when it was made just now, and the secret of the next one."""
    address = None if path is None else current_app.extensions["settings"].public_url + path
    return {
        "address": address, "errors": errors, "request_id": new_id(),
        "secret": secrets.token_urlsafe(SECRET_BYTES),
    }  # fmt: skip
