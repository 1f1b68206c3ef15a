"""What goes otherwise than planned: moved, cancelled an hour before, and the nights in which the clock changes."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from icalendar import Calendar

from tests.journeys.evenings import BOTH, Kade, address_of, delivered

NOOR, VLINDER, JIP = "noor@example.org", "vlinder@example.org", "jip@example.org"
NUMBER = "+31612345678"
MOVED = "Verplaatst: dinsdag 24 november"


def entries(person: Any, address: str) -> list[tuple[str, datetime, str, int]]:
    """(id, start in UTC, status, revision) of a calendar as somebody's telephone reads it."""
    read = Calendar.from_ical(person.open(address).html)
    return [
        (str(one["uid"]), one["dtstart"].dt.astimezone(UTC), str(one["status"]), int(one["sequence"]))
        for one in read.walk("VEVENT")
    ]


def open_calendar(person: Any, page: str) -> str:
    """Ask for a new address; gives its path."""
    shown = person.submit(person.open(page), page)
    found = re.search(rf'value="https?://[^/]+({page}/[\w-]+\.ics)"', shown.html)
    assert found, shown.text
    return found[1]


def at_own_page(kade: Kade, address: str) -> Any:
    """Somebody follows the link to their own page, asks a code and types it."""
    person = kade.installation.person()
    link = kade.post(address)[-1].link(r"/mijn/naar/[\w-]+")
    person.submit(person.open(link), link)
    kade.installation.settle()
    code = re.search(r"\b\d{6}\b", kade.post(address)[-1].text)
    assert code is not None
    page = person.submit(person.open(f"{link}/code"), f"{link}/code", code=code[0])
    assert page.path == "/mijn", page.text
    return person


def test_a_meeting_that_is_moved_is_told_once_to_each_and_old_reminders_and_calendars_follow(kade: Kade) -> None:
    group = kade.group()
    kade.join(group, "Noor", email=NOOR, purposes=BOTH)
    kade.join(group, "Vlinder", mobile=NUMBER, purposes=BOTH)
    kade.join(group, "Jip")
    meeting = kade.meeting(group)
    noor = at_own_page(kade, NOOR)
    hers, ours = open_calendar(noor, "/mijn/agenda"), open_calendar(kade.sam, f"{group}/agenda")
    was = [entries(kade.installation.person(), one)[0] for one in (hers, ours)]
    kade.news()

    page = kade.move(meeting, on="2026-11-26")
    told = kade.news()
    tell = kade.sam.open(f"{meeting}/vertellen")
    now = [
        next(row for row in entries(kade.installation.person(), one) if row[0] == was[0][0])
        for one in (hers, ours)
    ]
    kade.at("2026-11-23 18.05")
    on_the_old_eve = kade.news()
    kade.at("2026-11-25 18.05")
    on_the_new_eve = kade.news()
    kade.at("2026-11-26 18.45")
    open_now = kade.sam.open(meeting)

    assert "Verplaatst. Eerst was het dinsdag 24 november, 19.30" in page.text
    assert sorted(one.to for one in told) == sorted([NOOR, NUMBER, address_of("Sam")])
    assert all("donderdag 26 november" in one.text for one in told)
    assert [name in tell.text for name in ("Jip", "Noor", "Vlinder")] == [True, False, False]
    assert was[0][1] == was[1][1] == datetime(2026, 11, 24, 18, 30, tzinfo=UTC)
    assert now[0][1:] == now[1][1:] == (datetime(2026, 11, 26, 18, 30, tzinfo=UTC), "CONFIRMED", 1)
    assert on_the_old_eve == []
    assert [one.to for one in on_the_new_eve] == [NOOR, NUMBER]
    assert all("donderdag 26 november" in one.text for one in on_the_new_eve)
    assert "Wie is er?" in open_now.text


def test_who_called_off_for_the_old_day_may_come_on_the_new_one(kade: Kade) -> None:
    group = kade.group()
    kade.join(group, "Noor", email=NOOR, purposes=BOTH)
    meeting = kade.meeting(group)
    kade.at("2026-11-23 18.05")
    link = kade.news()[-1].link(r"/mijn/afmelden/[\w-]+")
    noor = kade.installation.person()
    noor.submit(noor.open(link), link)
    kade.installation.settle()

    kade.move(meeting, on="2026-11-26")
    told = kade.news()
    kade.at("2026-11-25 18.05")

    assert [one.to for one in told] == [NOOR]
    assert "donderdag 26 november" in told[0].text
    assert "afgemeld" not in kade.sam.open(meeting).text.replace("Afgemeld", "")
    assert [one.subject for one in kade.news()] == ["Tot donderdag 26 november"]


def test_cancelled_an_hour_before_everybody_hears_at_once_by_all_their_ways_and_the_rest_from_a_person(
    kade: Kade,
) -> None:
    group = kade.group()
    kade.join(group, "Noor", email=NOOR, mobile="0687654321", purposes=BOTH)
    kade.join(group, "Vlinder", mobile=NUMBER, purposes=())
    kade.join(group, "Jip")
    meeting = kade.meeting(group)
    kade.at("2026-11-24 18.30")
    kade.news()

    page = kade.cancel(meeting)
    told = kade.news()
    to_sam = next(one for one in told if one.to == address_of("Sam"))
    listed = kade.sam.open(to_sam.link(r"/bijeenkomsten/[\w-]+"))
    tell = kade.sam.open(f"{meeting}/vertellen")
    kade.at("2026-11-24 19.35")
    began = kade.sam.open(meeting)

    assert sorted(one.to for one in told) == sorted([NOOR, NUMBER, "+31687654321", address_of("Sam")])
    assert all("niet door" in one.text for one in told)
    assert all("Noor" in one.text for one in told if one.to in (NOOR, "+31687654321"))
    assert "Eén persoon konden we dat niet laten weten" in to_sam.text
    assert not re.search("Noor|Vlinder|Jip", to_sam.text + to_sam.subject)
    assert "Deze bijeenkomst gaat niet door" in page.text + listed.text
    assert [name in tell.text for name in ("Jip", "Noor", "Vlinder")] == [True, False, False]
    assert "Gaat niet door" in began.text
    assert kade.news() == []


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
    kade = Kade(installation, before)
    group = kade.group("Zondaggroep", first_on=first_on)
    kade.join(group, "Noor", email=NOOR, mobile="0687654321", purposes=BOTH)
    calendar = open_calendar(kade.sam, f"{group}/agenda")
    starts = [row[1] for row in entries(kade.installation.person(), calendar)][:2]
    meeting = kade.meeting(group, 1)
    saturday = f"{night[:-2]}{int(night[-2:]) - 1}"
    kade.at(f"{saturday} 17.55")
    kade.news()
    kade.at(f"{saturday} 18.01")
    reminded = kade.news()
    link = reminded[0].link(r"/mijn/afmelden/[\w-]+")
    kade.at(f"{night} 18.25")
    too_early = kade.sam.open(meeting)
    kade.at(f"{night} 19.20")
    noor = kade.installation.person()
    in_time = noor.open(link)
    open_now = kade.sam.open(meeting)
    kade.at(f"{night} 19.31")
    too_late = noor.open(link)

    assert [(one.hour, one.minute) for one in starts] == [(hour, 30) for hour in hours]
    assert [one.to for one in reminded] == [NOOR]
    assert "om 19.30 uur" in reminded[0].text
    assert "19.30 tot 21.30" in too_early.text
    assert re.search(r"Vanaf zondag .*, 18\.30 kun je hier opschrijven", too_early.text)
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
    kade = Kade(installation, before)
    group = kade.group("Zondaggroep", first_on=first_on)
    kade.join(group, "Noor", email=NOOR, mobile="0687654321", purposes=BOTH)
    meeting = kade.meeting(group, 1)
    kade.at(f"{night} 01.30")
    kade.news()

    kade.cancel(meeting, kade.vos)
    at_once = kade.news()
    kade.at(f"{night} 07.50")
    before_eight = kade.news()
    kade.at(f"{night} 08.00")
    at_eight = kade.news()

    assert [one.to for one in at_once] == [NOOR, address_of("Sam")]
    assert before_eight == []
    assert [one.to for one in at_eight] == ["+31687654321"]


def test_off_and_on_again_in_one_night_each_hears_only_what_changed_for_them(kade: Kade) -> None:
    group = kade.group()
    kade.join(group, "Noor", email=NOOR, purposes=BOTH)
    kade.join(group, "Vlinder", mobile=NUMBER, purposes=BOTH)
    kade.join(group, "Jip")
    meeting, calendar = kade.meeting(group), open_calendar(kade.sam, f"{group}/agenda")
    kade.at("2026-11-23 18.05")
    kade.at("2026-11-23 23.00")
    kade.news()

    kade.cancel(meeting, kade.vos)
    off, shown_off = kade.news(), entries(kade.installation.person(), calendar)[0]
    kade.at("2026-11-23 23.30")
    kade.vos.submit(kade.vos.open(f"{meeting}/wijzigen"), f"{meeting}/toch-door")
    kade.installation.settle()
    on_again, shown_on = kade.news(), entries(kade.installation.person(), calendar)[0]
    kade.at("2026-11-24 08.01")
    kade.at("2026-11-24 18.00")
    by_day = kade.news()

    assert delivered(off) == [
        (NOOR, "Gaat niet door: dinsdag 24 november"),
        (address_of("Sam"), "Gaat niet door: dinsdag 24 november"),
        (address_of("Sam"), "Wil jij het vertellen? Dinsdag 24 november"),
    ]
    assert delivered(on_again) == [
        (NOOR, "Het gaat toch door: dinsdag 24 november"),
        (address_of("Sam"), "Gaat toch door: dinsdag 24 november"),
        (address_of("Sam"), "Wil jij het vertellen? Dinsdag 24 november"),
    ]
    assert "Die gaat toch door" in on_again[0].text
    assert [row[2:] for row in (shown_off, shown_on)] == [("CANCELLED", 1), ("CONFIRMED", 2)]
    assert by_day == []


def test_who_leads_hears_what_a_coordinator_changes_and_not_what_they_change_themselves(kade: Kade) -> None:
    group = kade.group()
    kade.join(group, "Noor", email=NOOR, purposes=BOTH)
    meeting, sam = kade.meeting(group), address_of("Sam")
    kade.news()

    def reopen(who: Any) -> None:
        who.submit(who.open(f"{meeting}/wijzigen"), f"{meeting}/toch-door")
        kade.installation.settle()

    kade.cancel(meeting, kade.vos)
    off = [one for one in kade.news() if one.to == sam]
    shown = kade.sam.open(off[0].link(r"/bijeenkomsten/[\w-]+"))
    reopen(kade.vos)
    on_again = [one.subject for one in kade.news() if one.to == sam]
    kade.cancel(meeting, kade.sam)
    reopen(kade.sam)
    kade.move(meeting, on="2026-11-26")

    assert [one.subject for one in off] == ["Gaat niet door: dinsdag 24 november"]
    assert "Deze bijeenkomst gaat niet door" in shown.text
    assert on_again == ["Gaat toch door: dinsdag 24 november"]
    assert {one.to for one in kade.news()} == {NOOR}


@pytest.mark.parametrize("hours_before", [1, 3])
def test_moved_to_later_the_same_evening_each_hears_it_once_and_who_called_off_still_has(
    kade: Kade, hours_before: int
) -> None:
    group = kade.group()
    kade.join(group, "Noor", email=NOOR, purposes=BOTH)
    kade.join(group, "Vlinder", mobile=NUMBER, purposes=BOTH)
    meeting = kade.meeting(group)
    kade.at("2026-11-23 18.05")
    link = kade.news()[-1].link(r"/mijn/afmelden/[\w-]+")
    vlinder = kade.installation.person()
    vlinder.submit(vlinder.open(link), link)
    kade.at(f"2026-11-24 {19 - hours_before}.30")

    kade.move(meeting, on="2026-11-24", at="20:30")
    told = kade.news()
    kade.at("2026-11-24 20.15")

    assert {one.to for one in told} >= {NOOR}
    assert all("20.30" in one.text for one in told)
    assert "Vlinder heeft zich afgemeld" in kade.sam.open(meeting).text
    assert kade.news() == []
