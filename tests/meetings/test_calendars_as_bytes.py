"""Every calendar as a program of somebody else reads it: bytes, zones, titles and numbers by a second reader."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.meetings.commands import calendars
from services.meetings.commands.meeting_changes import cancel_meeting, move_meeting, reopen_meeting
from services.meetings.models import Membership
from shared.ids import new_id
from shared.security.actor import Actor
from tests.support.raw_calendar import Component, instant_of, read_calendar, zones_of

SECRET = "a" * 43
EVENT = [
    "UID",
    "DTSTAMP",
    "SEQUENCE",
    "LAST-MODIFIED",
    "SUMMARY",
    "DTSTART",
    "DURATION",
    "STATUS",
    "TRANSP",
    "CLASS",
]


def feed(harness: Any) -> bytes:
    """The calendar of the group on Tuesday, as bytes."""
    path = f"/groepen/{harness.tuesday}/agenda/{SECRET}.ics"
    if harness.visitor().client.get(path).status_code == 404:
        calendars.open_group_calendar(
            harness.actor(harness.kim), group_id=harness.tuesday, secret=SECRET, request_id=new_id()
        )
    answer = harness.visitor().client.get(path)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    return bytes(answer.data)


def only_event(raw: bytes) -> Component:
    (event,) = read_calendar(raw).all("VEVENT")
    return event


def test_a_group_without_any_meeting_has_a_calendar_with_the_rules_of_the_clock(harness: Any) -> None:
    harness.tuesday = harness.group()

    raw = feed(harness)

    calendar = read_calendar(raw)
    assert calendar.inside[0].name == "VTIMEZONE"
    assert (calendar["VERSION"], calendar.all("VEVENT")) == ("2.0", [])
    assert [zone["TZID"] for zone in calendar.all("VTIMEZONE")] == ["Europe/Amsterdam"]
    assert set(zones_of(raw)) == {"Europe/Amsterdam"}


def test_an_own_calendar_without_any_meeting_is_one_too(evening: Any) -> None:
    mine = Actor(id=Membership.get_by_id(evening.noor).participant_id, kind="participant")
    calendars.open_my_calendar(mine, secret=SECRET, request_id=new_id())
    evening.clock_at("2027-06-01 10.00")

    calendar = read_calendar(bytes(evening.visitor().client.get(f"/mijn/agenda/{SECRET}.ics").data))

    assert calendar.all("VEVENT") == []
    assert len(calendar.all("VTIMEZONE")) == 1


def test_an_event_has_each_property_once_and_in_the_form_of_the_standard(evening: Any) -> None:
    event = only_event(feed(evening))

    assert sorted(name for name in event.names() if name != "LOCATION") == sorted(EVENT)
    for name in ("DTSTAMP", "LAST-MODIFIED"):
        assert re.fullmatch(r"\d{8}T\d{6}Z", event[name])
    assert event.parameters("DTSTART") == {"TZID": "Europe/Amsterdam"}
    assert (event["SUMMARY"], event["STATUS"], event["TRANSP"], event["SEQUENCE"]) == (
        "Afspraak",
        "CONFIRMED",
        "OPAQUE",
        "0",
    )


def test_what_is_off_says_so_in_its_title_and_every_change_counts_on(evening: Any) -> None:
    evening.clock_at("2026-11-24 09.00")
    kim, seen = evening.actor(evening.kim), [only_event(feed(evening))]

    cancel_meeting(kim, meeting_id=evening.tonight, request_id=new_id())
    seen.append(only_event(feed(evening)))
    reopen_meeting(kim, meeting_id=evening.tonight, request_id=new_id())
    seen.append(only_event(feed(evening)))

    assert [(event["SUMMARY"], event["STATUS"], event["TRANSP"], event["SEQUENCE"]) for event in seen] == [
        ("Afspraak", "CONFIRMED", "OPAQUE", "0"),
        ("Gaat niet door: afspraak", "CANCELLED", "TRANSPARENT", "1"),
        ("Afspraak", "CONFIRMED", "OPAQUE", "2"),
    ]
    assert len({event["UID"] for event in seen}) == 1
    assert seen[1]["DTSTAMP"] <= seen[2]["DTSTAMP"]


def test_a_long_address_with_signs_of_several_bytes_is_folded_between_signs(evening: Any) -> None:
    evening.clock_at("2026-11-24 09.00")
    address = "Große Straße 12; binnenplaats, café “’t Hœkje” 🏠 " + "ëéü漢字" * 12
    place = ("Inloophuis", address[:120])
    move_meeting(evening.actor(evening.kim), meeting_id=evening.tonight, place=place, request_id=new_id())

    assert only_event(feed(evening))["LOCATION"] == " ".join(place[1].split())


@pytest.mark.parametrize(
    ("on", "at"),
    [
        (date(2026, 11, 24), time(19, 30)),
        (date(2026, 12, 31), time(23, 30)),
        (date(2027, 1, 1), time(0, 15)),
        (date(2027, 3, 27), time(19, 30)),
        (date(2027, 3, 28), time(1, 30)),
        (date(2027, 3, 28), time(19, 30)),
        (date(2027, 7, 6), time(19, 30)),
        (date(2027, 10, 31), time(1, 30)),
        (date(2027, 10, 31), time(19, 30)),
    ],
)
def test_the_rules_in_the_file_give_a_meeting_its_instant(harness: Any, on: date, at: time) -> None:
    harness.tuesday = harness.group()
    harness.meeting(harness.tuesday, on=on, at=at)
    raw = feed(harness)

    begins, ends = instant_of(only_event(raw), zones_of(raw))

    assert begins == datetime.combine(on, at, ZoneInfo("Europe/Amsterdam")).astimezone(UTC)
    assert ends - begins == timedelta(minutes=120)


def test_meetings_of_two_years_have_their_instants_by_one_zone(harness: Any) -> None:
    harness.tuesday = harness.group()
    days = [date(2026, 11, 24) + timedelta(weeks=week) for week in range(0, 60, 3)]
    for on in days:
        harness.meeting(harness.tuesday, on=on)
    raw = feed(harness)

    events = read_calendar(raw).all("VEVENT")

    assert len(read_calendar(raw).all("VTIMEZONE")) == 1
    wanted = [datetime.combine(on, time(19, 30), ZoneInfo("Europe/Amsterdam")).astimezone(UTC) for on in days]
    assert [instant_of(event, zones_of(raw))[0] for event in events] == wanted
