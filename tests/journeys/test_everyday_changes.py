"""What goes otherwise than planned: moved, cancelled an hour before, and the nights in which the clock changes."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from icalendar import Calendar

from tests.support.scenario import BOTH, Scenario, delivered, email_of

pytestmark = pytest.mark.clock

NOOR, VLINDER, JIP = "noor@example.org", "vlinder@example.org", "jip@example.org"
NUMBER = "+31612345678"
MOVED = "Verplaatst: dinsdag 24 november"


def entries(person: Any, address: str) -> list[tuple[str, datetime, str, int]]:
    """(id, start in UTC, status, revision) of a calendar as somebody's telephone reads it."""
    read = Calendar.from_ical(person.open(address).html)
    return [
        (
            str(entry["uid"]),
            entry["dtstart"].dt.astimezone(UTC),
            str(entry["status"]),
            int(entry["sequence"]),
        )
        for entry in read.walk("VEVENT")
    ]


def open_calendar(person: Any, page: str) -> str:
    """Ask for a new address; gives its path."""
    shown = person.submit(person.open(page), page)
    address = re.search(rf'value="https?://[^/]+({page}/[\w-]+\.ics)"', shown.html)
    assert address, shown.text
    return address[1]


def at_own_page(scenario: Scenario, address: str) -> Any:
    """Follow the link to somebody's own page, ask a code and type it."""
    person = scenario.installation.visitor()
    link = scenario.deliveries(address)[-1].link(r"/mijn/naar/[\w-]+")
    person.submit(person.open(link), link)
    scenario.installation.settle()
    code = re.search(r"\b\d{6}\b", scenario.deliveries(address)[-1].text)
    assert code is not None
    page = person.submit(person.open(f"{link}/code"), f"{link}/code", code=code[0])
    assert page.path == "/mijn", page.text
    return person


def test_a_meeting_that_is_moved_reaches_each_once_and_old_reminders_and_calendars_follow(
    scenario: Scenario,
) -> None:
    group = scenario.group()
    scenario.join(group, "Noor", email=NOOR, purposes=BOTH)
    scenario.join(group, "Vlinder", mobile=NUMBER, purposes=BOTH)
    scenario.join(group, "Jip")
    meeting = scenario.meeting(group)
    noor = at_own_page(scenario, NOOR)
    hers, ours = open_calendar(noor, "/mijn/agenda"), open_calendar(scenario.sam, f"{group}/agenda")
    was = [entries(scenario.installation.visitor(), calendar)[0] for calendar in (hers, ours)]
    scenario.new_deliveries()

    page = scenario.move_meeting(meeting, on="2026-11-26")
    deliveries = scenario.new_deliveries()
    tell = scenario.sam.open(f"{meeting}/vertellen")
    now = [
        next(row for row in entries(scenario.installation.visitor(), calendar) if row[0] == was[0][0])
        for calendar in (hers, ours)
    ]
    scenario.clock_at("2026-11-23 18.05")
    on_the_old_eve = scenario.new_deliveries()
    scenario.clock_at("2026-11-25 18.05")
    on_the_new_eve = scenario.new_deliveries()
    scenario.clock_at("2026-11-26 18.45")
    open_now = scenario.sam.open(meeting)

    assert "Verplaatst. Eerst was het dinsdag 24 november, 19.30" in page.text
    assert sorted(delivery.to for delivery in deliveries) == sorted([NOOR, NUMBER, email_of("Sam")])
    assert all("donderdag 26 november" in delivery.text for delivery in deliveries)
    assert [name in tell.text for name in ("Jip", "Noor", "Vlinder")] == [True, False, False]
    assert was[0][1] == was[1][1] == datetime(2026, 11, 24, 18, 30, tzinfo=UTC)
    assert now[0][1:] == now[1][1:] == (datetime(2026, 11, 26, 18, 30, tzinfo=UTC), "CONFIRMED", 1)
    assert on_the_old_eve == []
    assert [delivery.to for delivery in on_the_new_eve] == [NOOR, NUMBER]
    assert all("donderdag 26 november" in delivery.text for delivery in on_the_new_eve)
    assert "Wie is er?" in open_now.text


def test_who_called_off_for_the_old_day_may_come_on_the_new_one(scenario: Scenario) -> None:
    group = scenario.group()
    scenario.join(group, "Noor", email=NOOR, purposes=BOTH)
    meeting = scenario.meeting(group)
    scenario.clock_at("2026-11-23 18.05")
    link = scenario.new_deliveries()[-1].link(r"/mijn/afmelden/[\w-]+")
    noor = scenario.installation.visitor()
    noor.submit(noor.open(link), link)
    scenario.installation.settle()

    scenario.move_meeting(meeting, on="2026-11-26")
    deliveries = scenario.new_deliveries()
    scenario.clock_at("2026-11-25 18.05")

    assert [delivery.to for delivery in deliveries] == [NOOR]
    assert "donderdag 26 november" in deliveries[0].text
    assert "afgemeld" not in scenario.sam.open(meeting).text.replace("Afgemeld", "")
    assert [delivery.subject for delivery in scenario.new_deliveries()] == ["Tot donderdag 26 november"]


def test_cancelled_an_hour_before_everybody_hears_at_once_by_all_their_channels_and_the_rest_from_a_person(
    scenario: Scenario,
) -> None:
    group = scenario.group()
    scenario.join(group, "Noor", email=NOOR, mobile="0687654321", purposes=BOTH)
    scenario.join(group, "Vlinder", mobile=NUMBER, purposes=())
    scenario.join(group, "Jip")
    meeting = scenario.meeting(group)
    scenario.clock_at("2026-11-24 18.30")
    scenario.new_deliveries()

    page = scenario.cancel_meeting(meeting)
    deliveries = scenario.new_deliveries()
    to_sam = next(delivery for delivery in deliveries if delivery.to == email_of("Sam"))
    listed = scenario.sam.open(to_sam.link(r"/bijeenkomsten/[\w-]+"))
    tell = scenario.sam.open(f"{meeting}/vertellen")
    scenario.clock_at("2026-11-24 19.35")
    began = scenario.sam.open(meeting)

    assert sorted(delivery.to for delivery in deliveries) == sorted(
        [NOOR, NUMBER, "+31687654321", email_of("Sam")]
    )
    assert all("niet door" in delivery.text for delivery in deliveries)
    assert all("Noor" in delivery.text for delivery in deliveries if delivery.to in (NOOR, "+31687654321"))
    assert "Eén persoon konden we dat niet laten weten" in to_sam.text
    assert not re.search("Noor|Vlinder|Jip", to_sam.text + to_sam.subject)
    assert "Deze bijeenkomst gaat niet door" in page.text + listed.text
    assert [name in tell.text for name in ("Jip", "Noor", "Vlinder")] == [True, False, False]
    assert "Gaat niet door" in began.text
    assert scenario.new_deliveries() == []


@pytest.mark.parametrize(
    ("before", "first_on", "night", "hours"),
    [
        ("2026-10-12 10.00", "2026-10-18", "2026-10-25", (17, 18)),
        ("2027-03-15 10.00", "2027-03-21", "2027-03-28", (18, 17)),
    ],
    ids=["autumn", "spring"],
)
def test_a_meeting_at_half_past_seven_stays_at_half_past_seven_when_the_clock_changes(
    installation: Any, before: str, first_on: str, night: str, hours: tuple[int, int]
) -> None:
    scenario = Scenario(installation, before)
    group = scenario.group("Zondaggroep", first_on=first_on)
    scenario.join(group, "Noor", email=NOOR, mobile="0687654321", purposes=BOTH)
    calendar = open_calendar(scenario.sam, f"{group}/agenda")
    starts = [row[1] for row in entries(scenario.installation.visitor(), calendar)][:2]
    meeting = scenario.meeting(group, 1)
    saturday = f"{night[:-2]}{int(night[-2:]) - 1}"
    scenario.clock_at(f"{saturday} 17.55")
    scenario.new_deliveries()
    scenario.clock_at(f"{saturday} 18.01")
    reminded = scenario.new_deliveries()
    link = reminded[0].link(r"/mijn/afmelden/[\w-]+")
    scenario.clock_at(f"{night} 18.25")
    too_early = scenario.sam.open(meeting)
    scenario.clock_at(f"{night} 19.20")
    noor = scenario.installation.visitor()
    in_time = noor.open(link)
    open_now = scenario.sam.open(meeting)
    scenario.clock_at(f"{night} 19.31")
    too_late = noor.open(link)

    assert [(start.hour, start.minute) for start in starts] == [(hour, 30) for hour in hours]
    assert [delivery.to for delivery in reminded] == [NOOR]
    assert "om 19.30 uur" in reminded[0].text
    assert "19.30 tot 21.30" in too_early.text
    assert re.search(r"Vanaf zondag .*, 18\.30 kun je hier invullen", too_early.text)
    assert "Kom je deze keer niet?" in in_time.text
    assert "Wie is er?" in open_now.text
    assert "Het moment van deze link is voorbij" in too_late.text


@pytest.mark.parametrize(
    ("before", "first_on", "night"),
    [("2026-10-12 10.00", "2026-10-18", "2026-10-25"), ("2027-03-15 10.00", "2027-03-21", "2027-03-28")],
    ids=["autumn", "spring"],
)
def test_cancelled_in_the_night_of_the_clock_change_the_mail_goes_and_the_telephone_stays_silent_until_eight(
    installation: Any, before: str, first_on: str, night: str
) -> None:
    scenario = Scenario(installation, before)
    group = scenario.group("Zondaggroep", first_on=first_on)
    scenario.join(group, "Noor", email=NOOR, mobile="0687654321", purposes=BOTH)
    meeting = scenario.meeting(group, 1)
    scenario.clock_at(f"{night} 01.30")
    scenario.new_deliveries()

    scenario.cancel_meeting(meeting, scenario.vos)
    at_once = scenario.new_deliveries()
    scenario.clock_at(f"{night} 07.50")
    before_eight = scenario.new_deliveries()
    scenario.clock_at(f"{night} 08.00")
    at_eight = scenario.new_deliveries()

    assert [delivery.to for delivery in at_once] == [NOOR, email_of("Sam")]
    assert before_eight == []
    assert [delivery.to for delivery in at_eight] == ["+31687654321"]


def test_off_and_on_again_in_one_night_each_hears_only_what_changed_for_them(scenario: Scenario) -> None:
    group = scenario.group()
    scenario.join(group, "Noor", email=NOOR, purposes=BOTH)
    scenario.join(group, "Vlinder", mobile=NUMBER, purposes=BOTH)
    scenario.join(group, "Jip")
    meeting, calendar = scenario.meeting(group), open_calendar(scenario.sam, f"{group}/agenda")
    scenario.clock_at("2026-11-23 18.05")
    scenario.clock_at("2026-11-23 23.00")
    scenario.new_deliveries()

    scenario.cancel_meeting(meeting, scenario.vos)
    off, shown_off = scenario.new_deliveries(), entries(scenario.installation.visitor(), calendar)[0]
    scenario.clock_at("2026-11-23 23.30")
    scenario.vos.submit(scenario.vos.open(f"{meeting}/wijzigen"), f"{meeting}/toch-door")
    scenario.installation.settle()
    on_again, shown_on = scenario.new_deliveries(), entries(scenario.installation.visitor(), calendar)[0]
    scenario.clock_at("2026-11-24 08.01")
    scenario.clock_at("2026-11-24 18.00")
    by_day = scenario.new_deliveries()

    assert delivered(off) == [
        (NOOR, "Gaat niet door: dinsdag 24 november"),
        (email_of("Sam"), "Gaat niet door: dinsdag 24 november"),
        (email_of("Sam"), "Wil jij het vertellen? Dinsdag 24 november"),
    ]
    assert delivered(on_again) == [
        (NOOR, "Het gaat toch door: dinsdag 24 november"),
        (email_of("Sam"), "Gaat toch door: dinsdag 24 november"),
        (email_of("Sam"), "Wil jij het vertellen? Dinsdag 24 november"),
    ]
    assert "Die gaat toch door" in on_again[0].text
    assert [row[2:] for row in (shown_off, shown_on)] == [("CANCELLED", 1), ("CONFIRMED", 2)]
    assert by_day == []


def test_who_leads_hears_what_a_coordinator_changes_and_not_what_they_change_themselves(
    scenario: Scenario,
) -> None:
    group = scenario.group()
    scenario.join(group, "Noor", email=NOOR, purposes=BOTH)
    meeting, sam = scenario.meeting(group), email_of("Sam")
    scenario.new_deliveries()

    def reopen(who: Any) -> None:
        who.submit(who.open(f"{meeting}/wijzigen"), f"{meeting}/toch-door")
        scenario.installation.settle()

    scenario.cancel_meeting(meeting, scenario.vos)
    off = [delivery for delivery in scenario.new_deliveries() if delivery.to == sam]
    shown = scenario.sam.open(off[0].link(r"/bijeenkomsten/[\w-]+"))
    reopen(scenario.vos)
    on_again = [delivery.subject for delivery in scenario.new_deliveries() if delivery.to == sam]
    scenario.cancel_meeting(meeting, scenario.sam)
    reopen(scenario.sam)
    scenario.move_meeting(meeting, on="2026-11-26")

    assert [delivery.subject for delivery in off] == ["Gaat niet door: dinsdag 24 november"]
    assert "Deze bijeenkomst gaat niet door" in shown.text
    assert on_again == ["Gaat toch door: dinsdag 24 november"]
    assert {delivery.to for delivery in scenario.new_deliveries()} == {NOOR}


@pytest.mark.parametrize("hours_before", [1, 3])
def test_moved_to_later_the_same_evening_each_hears_it_once_and_who_called_off_still_has(
    scenario: Scenario, hours_before: int
) -> None:
    group = scenario.group()
    scenario.join(group, "Noor", email=NOOR, purposes=BOTH)
    scenario.join(group, "Vlinder", mobile=NUMBER, purposes=BOTH)
    meeting = scenario.meeting(group)
    scenario.clock_at("2026-11-23 18.05")
    link = scenario.new_deliveries()[-1].link(r"/mijn/afmelden/[\w-]+")
    vlinder = scenario.installation.visitor()
    vlinder.submit(vlinder.open(link), link)
    scenario.clock_at(f"2026-11-24 {19 - hours_before}.30")

    scenario.move_meeting(meeting, on="2026-11-24", at="20:30")
    deliveries = scenario.new_deliveries()
    scenario.clock_at("2026-11-24 20.15")

    assert {delivery.to for delivery in deliveries} >= {NOOR}
    assert all("20.30" in delivery.text for delivery in deliveries)
    assert "Vlinder heeft zich afgemeld" in scenario.sam.open(meeting).text
    assert scenario.new_deliveries() == []
