"""Calendars at a secret address (RFC 5545 and 7986): of a group and of a participant; titles reveal nothing."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app, flash, g, redirect, render_template
from flask.typing import ResponseReturnValue
from icalendar import Calendar, Event, Timezone

from services.meetings.commands import calendars
from services.meetings.queries.calendars import (
    Entry,
    get_group_calendar,
    list_entries_of_group,
    list_my_entries,
    my_calendar_made_at,
)
from services.meetings.schemas.calendars import CalendarForm
from shared import clock
from shared.errors import Refusal
from shared.ids import new_id
from shared.security.access import public, requires_participant, requires_staff
from shared.web.forms import Errors, Values, form_errors, read_form, read_request_id
from shared.web.text import text

pages = Blueprint("calendars", __name__)
WHY = "the secret in the address is the proof; a calendar cannot sign in"
SECRET_BYTES = 32
NAME = "Afspraken"
ASK_AGAIN = timedelta(hours=1)
CONTENT_TYPE = "text/calendar; charset=utf-8"


@pages.get("/groepen/<uuid:group_id>/agenda")
@requires_staff("coordinator", "facilitator")
def group_calendar(group_id: str) -> str:
    """Show whether the group has an address, with a button for a new one."""
    return _group_page(group_id, {}, None)


@pages.post("/groepen/<uuid:group_id>/agenda")
@requires_staff("coordinator", "facilitator")
def open_group_calendar(group_id: str) -> ResponseReturnValue:
    """Make a new address, shown on this page and never again."""
    try:
        secret = read_form(CalendarForm)["secret"]
        calendars.open_group_calendar(g.actor, group_id=group_id, secret=secret, request_id=read_request_id())
    except Refusal as refusal:
        return _group_page(group_id, form_errors(refusal, ()), None), refusal.status
    return _group_page(group_id, {}, f"/groepen/{group_id}/agenda/{secret}.ics")


@pages.post("/groepen/<uuid:group_id>/agenda/weg")
@requires_staff("coordinator", "facilitator")
def withdraw_group_calendar(group_id: str) -> ResponseReturnValue:
    """Withdraw the address."""
    calendars.withdraw_group_calendar(g.actor, group_id=group_id, request_id=read_request_id())
    flash(text("done", "calendar_withdrawn"))
    return redirect(f"/groepen/{group_id}/agenda", code=303)


@pages.get("/groepen/<uuid:group_id>/agenda/<secret>.ics")
@public(WHY)
def read_group_calendar(group_id: str, secret: str) -> Response:
    """Serve the meetings of a group, without names."""
    return _file(list_entries_of_group(group_id, secret))


@pages.get("/mijn/agenda")
@requires_participant()
def my_calendar() -> str:
    """Show whether the participant has an address, with a button for a new one."""
    return _my_page({}, None)


@pages.post("/mijn/agenda")
@requires_participant()
def open_my_calendar() -> ResponseReturnValue:
    """Make a new address, shown on this page and never again."""
    try:
        secret = read_form(CalendarForm)["secret"]
        calendars.open_my_calendar(g.actor, secret=secret, request_id=read_request_id())
    except Refusal as refusal:
        return _my_page(form_errors(refusal, ()), None), refusal.status
    return _my_page({}, f"/mijn/agenda/{secret}.ics")


@pages.post("/mijn/agenda/weg")
@requires_participant()
def withdraw_my_calendar() -> ResponseReturnValue:
    """Withdraw the address."""
    calendars.withdraw_my_calendar(g.actor, request_id=read_request_id())
    flash(text("done", "calendar_withdrawn"))
    return redirect("/mijn/agenda", code=303)


@pages.get("/mijn/agenda/<secret>.ics")
@public(WHY)
def read_my_calendar(secret: str) -> Response:
    """Serve the participant's meetings, in all their groups."""
    return _file(list_my_entries(secret))


def _file(entries: list[Entry]) -> Response:
    response = Response(write_ics(entries), content_type=CONTENT_TYPE)
    response.headers["Content-Disposition"] = 'inline; filename="agenda.ics"'
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _group_page(group_id: str, errors: Errors, path: str | None) -> str:
    calendar = get_group_calendar(g.actor, group_id)
    return render_template("meetings/calendars/group.html", calendar=calendar, **_address_context(errors, path))


def _my_page(errors: Errors, path: str | None) -> str:
    return render_template(
        "meetings/calendars/own.html", made_at=my_calendar_made_at(g.actor), **_address_context(errors, path)
    )


def _address_context(errors: Errors, path: str | None) -> Values:
    """Return the address right after it was made, and the secret of the next one."""
    address = None if path is None else current_app.extensions["settings"].public_url + path
    return {
        "address": address,
        "errors": errors,
        "request_id": new_id(),
        "secret": secrets.token_urlsafe(SECRET_BYTES),
    }


def write_ics(entries: Collection[Entry]) -> bytes:
    """Return a calendar file with these entries."""
    calendar = Calendar()
    calendar.add("prodid", "-//Agenda//NL")
    calendar.add("version", "2.0")
    calendar.add("name", NAME)
    calendar.add("x-wr-calname", NAME)
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    # Whole years and a day to spare: so the rules of the clock hold summer and winter, and stay the same.
    years = [entry.on.year for entry in entries] or [clock.today().year]
    first, last = date(min(years) - 1, 12, 31), date(max(years) + 1, 1, 2)
    # Without a meeting too: a calendar without any component is none (RFC 5545, 3.6).
    for zone in sorted({entry.zone for entry in entries} | {clock.ZONE}):
        calendar.add_component(Timezone.from_tzid(zone, first_date=first, last_date=last))
    for entry in entries:
        calendar.add_component(_ics_event(entry))
    return bytes(calendar.to_ical())


def _ics_event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.id)
    # Outlook shows the status nowhere in a calendar that it subscribes to, so the title says it too.
    event.add("summary", text("calendar_titles", "cancelled" if entry.is_cancelled else "planned"))
    event.add("dtstart", datetime.combine(entry.on, entry.at, ZoneInfo(entry.zone)))
    # A length in minutes is exact. An hour at which it ends could be one that comes twice in the autumn night.
    event.add("duration", timedelta(minutes=entry.minutes))
    event.add("dtstamp", entry.revised_at)
    event.add("last-modified", entry.revised_at)
    event.add("sequence", entry.revision)
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if entry.is_cancelled else "OPAQUE")
    event.add("class", "PRIVATE")
    if entry.address:
        event.add("location", entry.address)
    return event
