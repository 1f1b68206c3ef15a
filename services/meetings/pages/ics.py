"""A calendar as a file that telephones and computers read (RFC 5545 and 7986), with titles that tell nothing."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from services.meetings.queries.calendar import Entry

TITLE, NAME = "Afspraak", "Afspraken"
ASK_AGAIN = timedelta(hours=1)
CONTENT_TYPE = "text/calendar; charset=utf-8"


def write(entries: Collection[Entry]) -> bytes:
    """The calendar with these entries."""
    calendar = Calendar()
    calendar.add("prodid", "-//Agenda//NL")
    calendar.add("version", "2.0")
    calendar.add("name", NAME)
    calendar.add("x-wr-calname", NAME)
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for entry in entries:
        calendar.add_component(_event(entry))
    if entries:
        # A day to spare on both sides, so that the rules of the clock reach over the nights in which it changes.
        days = [entry.on for entry in entries]
        day = timedelta(days=1)
        calendar.add_missing_timezones(first_date=min(days) - day, last_date=max(days) + 2 * day)
    return bytes(calendar.to_ical())


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.id)
    event.add("summary", TITLE)
    event.add("dtstart", datetime.combine(entry.on, entry.at, ZoneInfo(entry.zone)))
    # A length in minutes is exact. An hour at which it ends could be one that comes twice in the autumn night.
    event.add("duration", timedelta(minutes=entry.minutes))
    event.add("dtstamp", entry.revised_at)
    event.add("last-modified", entry.revised_at)
    event.add("sequence", entry.revision)
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    event.add("class", "PRIVATE")
    if entry.address:
        event.add("location", entry.address)
    return event
