"""Calendars at a secret address: right over both changes of the clock, revocable, and telling nothing."""

from __future__ import annotations

import logging
import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from services.meetings.commands import calendars
from services.meetings.commands.meeting_changes import cancel_meeting, move_meeting, reopen_meeting
from services.meetings.commands.memberships import end_membership
from services.meetings.models import CalendarFeed, Membership, service
from shared import log
from shared.errors import Forbidden, NotFound, Refusal
from shared.ids import new_id
from shared.security import passes
from shared.security.actor import Actor

SECRET, OTHER = "a" * 43, "b" * 43
TUESDAY, HALF_PAST_SEVEN = date(2026, 11, 24), time(19, 30)


def noor(harness: Any) -> Actor:
    return Actor(id=Membership.get_by_id(harness.noor).participant_id, kind="participant")


def share(harness: Any, secret: str = SECRET, *, by: str = "", request_id: str = "") -> str:
    return calendars.open_group_calendar(
        harness.actor(by or harness.kim),
        group_id=harness.tuesday,
        secret=secret,
        request_id=request_id or new_id(),
    )


def group_path(harness: Any, secret: str = SECRET) -> str:
    return f"/groepen/{harness.tuesday}/agenda/{secret}.ics"


def read(harness: Any, path: str = "") -> Calendar:
    answer = harness.visitor().client.get(path or group_path(harness))
    assert (answer.status_code, answer.content_type) == (200, "text/calendar; charset=utf-8")
    return Calendar.from_ical(answer.get_data(as_text=True))


def event(harness: Any, path: str = "") -> Any:
    (entry,) = read(harness, path).walk("VEVENT")
    return entry


def status(harness: Any, path: str) -> int:
    return int(harness.visitor().client.get(path).status_code)


def test_a_meeting_is_an_appointment_and_no_more(evening: Any) -> None:
    share(evening)

    text = evening.visitor().client.get(group_path(evening)).get_data(as_text=True)
    entry = event(evening)

    assert (str(entry["SUMMARY"]), str(entry["UID"]), str(entry["CLASS"])) == (
        "Afspraak",
        evening.tonight,
        "PRIVATE",
    )
    assert entry["DTSTART"].dt == datetime(2026, 11, 24, 18, 30, tzinfo=UTC)
    assert entry["DTSTART"].params["TZID"] == "Europe/Amsterdam"
    assert (entry["DURATION"].dt, entry["SEQUENCE"], str(entry["STATUS"])) == (timedelta(hours=2), 0, "CONFIRMED")
    for values in ("Dinsdaggroep", "De Kade", "Noor", "Robin", "Kim", "Houvast", "groep", "ORGANIZER", "ATTENDEE"):
        assert values.lower() not in text.lower(), values


def test_the_street_is_told_and_what_the_place_is_called_is_not(evening: Any) -> None:
    share(evening)
    move(evening, place=("Inloophuis Herstel", "Markt 2, Lindeveen"))

    entry = event(evening)

    assert str(entry["LOCATION"]) == "Markt 2, Lindeveen"
    assert b"Herstel" not in evening.visitor().client.get(group_path(evening)).data


def test_every_change_has_a_higher_number_and_what_is_off_is_called_so(evening: Any) -> None:
    evening.clock_at("2026-11-24 09.00")
    share(evening)
    seen = []

    for change in (lambda: move(evening, on=date(2026, 11, 26)), lambda: cancel(evening), lambda: reopen(evening)):
        change()
        entry = event(evening)
        seen.append((entry["SEQUENCE"], str(entry["STATUS"]), str(entry["SUMMARY"]), entry["DTSTART"].dt.day))

    off = "Gaat niet door: afspraak"
    assert seen == [(1, "CONFIRMED", "Afspraak", 26), (2, "CANCELLED", off, 26), (3, "CONFIRMED", "Afspraak", 26)]
    assert str(entry["UID"]) == evening.tonight
    assert entry["DTSTAMP"].dt == entry["LAST-MODIFIED"].dt


def test_the_same_calendar_is_the_same_file(evening: Any) -> None:
    share(evening)

    first, again = (evening.visitor().client.get(group_path(evening)).data for _ in range(2))

    assert first == again


@pytest.mark.parametrize(
    ("on", "at", "starts", "ends"),
    [
        (date(2027, 3, 27), time(19, 30), "2027-03-27 18:30", "2027-03-27 20:30"),
        (date(2027, 3, 28), time(19, 30), "2027-03-28 17:30", "2027-03-28 19:30"),
        (date(2027, 3, 28), time(1, 30), "2027-03-28 00:30", "2027-03-28 02:30"),
        (date(2027, 10, 30), time(19, 30), "2027-10-30 17:30", "2027-10-30 19:30"),
        (date(2027, 10, 31), time(19, 30), "2027-10-31 18:30", "2027-10-31 20:30"),
        (date(2027, 10, 31), time(1, 30), "2027-10-30 23:30", "2027-10-31 01:30"),
        (date(2027, 10, 31), time(2, 30), "2027-10-31 00:30", "2027-10-31 02:30"),
    ],
)
def test_in_the_nights_in_which_the_clock_changes_it_is_right(
    harness: Any, on: date, at: time, starts: str, ends: str
) -> None:
    harness.tuesday = harness.group()
    harness.meeting(harness.tuesday, on=on, at=at)
    share(harness)

    entry = event(harness)

    begins = entry["DTSTART"].dt.astimezone(UTC)
    assert begins.strftime("%Y-%m-%d %H:%M") == starts
    assert (begins + entry["DURATION"].dt).strftime("%Y-%m-%d %H:%M") == ends
    assert entry["DTSTART"].dt.strftime("%H:%M") == at.strftime("%H:%M")


def test_the_rules_of_the_clock_in_the_file_give_every_meeting_of_a_year_its_instant(harness: Any) -> None:
    harness.tuesday = harness.group()
    wanted = {}
    for week in range(0, 60, 2):
        on = TUESDAY + timedelta(weeks=week)
        wanted[harness.meeting(harness.tuesday, on=on)] = on
    share(harness)
    calendar = read(harness)
    (zone,) = calendar.walk("VTIMEZONE")

    values = zone.to_tz()

    for entry in calendar.walk("VEVENT"):
        wall = datetime.combine(wanted[str(entry["UID"])], HALF_PAST_SEVEN)
        assert wall.replace(tzinfo=values).utcoffset() == entry["DTSTART"].dt.utcoffset(), wall
    assert len(calendar.walk("VEVENT")) == 30


def test_an_empty_calendar_is_a_calendar(harness: Any) -> None:
    harness.tuesday = harness.group()
    share(harness)

    assert read(harness).walk("VEVENT") == []


def test_what_was_long_ago_is_no_longer_in_it(evening: Any) -> None:
    share(evening)
    evening.clock_at("2026-12-23 10.00")

    assert read(evening).walk("VEVENT") == []


def test_a_new_address_puts_an_end_to_the_one_before(evening: Any) -> None:
    share(evening)
    share(evening, OTHER, by=evening.vos)

    assert status(evening, group_path(evening)) == 404
    assert status(evening, group_path(evening, OTHER)) == 200
    for _ in range(2):
        calendars.withdraw_group_calendar(
            evening.actor(evening.kim), group_id=evening.tuesday, request_id=new_id()
        )
    assert status(evening, group_path(evening, OTHER)) == 404


def test_an_address_is_of_one_group_and_of_nobody_else(evening: Any) -> None:
    share(evening)
    other = evening.group("Andere groep")

    assert status(evening, f"/groepen/{other}/agenda/{SECRET}.ics") == 404
    assert status(evening, f"/mijn/agenda/{SECRET}.ics") == 404
    assert status(evening, group_path(evening, OTHER)) == 404


def test_only_the_hash_of_a_secret_is_kept(evening: Any) -> None:
    kim = evening.visitor(evening.kim)
    page = kim.open(f"/groepen/{evening.tuesday}/agenda")

    shown = kim.submit(page, f"/groepen/{evening.tuesday}/agenda")

    secret = re.search(r"/agenda/([\w-]{43})\.ics", shown.html)
    assert secret is not None
    service.database.close()
    stored = b"".join(path.read_bytes() for path in sorted((evening.folder / "stores").glob("meetings*")))
    assert secret[1].encode() not in stored
    assert CalendarFeed.get().secret_hash.encode() in stored


def test_an_address_is_shown_once_and_a_double_press_gives_one(evening: Any) -> None:
    kim, path = evening.visitor(evening.kim), f"/groepen/{evening.tuesday}/agenda"
    page = kim.open(path)

    first, again = kim.submit(page, path), kim.submit(page, path)

    (address,) = set(re.findall(r'value="http://localhost(/groepen/[^"]+\.ics)"', first.html + again.html))
    assert f"webcal://localhost{address}" in first.html
    assert status(evening, address) == 200
    assert ".ics" not in kim.open(path).html
    assert CalendarFeed.select().count() == 1


def test_an_address_is_withdrawn_by_page(evening: Any) -> None:
    kim, path = evening.visitor(evening.kim), f"/groepen/{evening.tuesday}/agenda"
    kim.submit(kim.open(path), path)

    page = kim.submit(kim.open(path), f"{path}/weg")

    assert "De agendalink werkt niet meer" in page.text
    assert CalendarFeed.select().count() == 0


@pytest.mark.parametrize("secret", ["geheim", ""])
def test_a_secret_that_somebody_thought_up_is_refused(evening: Any, secret: str) -> None:
    kim, path = evening.visitor(evening.kim), f"/groepen/{evening.tuesday}/agenda"

    page = kim.submit(kim.open(path), path, secret=secret)

    assert page.status in (400, 409)
    assert CalendarFeed.select().count() == 0


def test_a_secret_that_opens_another_calendar_already_is_refused(evening: Any) -> None:
    kim, path = evening.visitor(evening.kim), f"/groepen/{evening.tuesday}/agenda"
    other = f"/groepen/{evening.group('Donderdaggroep')}/agenda"
    kim.submit(kim.open(path), path, secret="s" * 43)

    page = kim.submit(kim.open(other), other, secret="s" * 43)

    assert page.status == 409
    assert "Deze agendalink kon niet gemaakt worden" in page.text
    assert [feed.group_id for feed in CalendarFeed.select()] == [evening.tuesday]


def test_only_who_leads_and_the_coordinator_share_a_calendar(evening: Any) -> None:
    with pytest.raises(Forbidden):
        share(evening, by=evening.sam)
    stranger = evening.colleague("Bo", "coordinator", organisation=evening.register_organisation("Het Anker"))
    with pytest.raises(NotFound):
        share(evening, by=stranger)
    assert evening.visitor(evening.sam).open(f"/groepen/{evening.tuesday}/agenda").status == 403


def test_somebodys_own_calendar_holds_all_their_groups_and_only_while_they_belong(evening: Any) -> None:
    thursday = evening.group("Donderdaggroep")
    there = evening.meeting(thursday, on=date(2026, 11, 26))
    evening.meeting(evening.group("Van anderen"))
    evening.placed(noor(evening).id, thursday)
    evening.consume()
    calendars.open_my_calendar(noor(evening), secret=SECRET, request_id=new_id())
    mine = f"/mijn/agenda/{SECRET}.ics"

    assert [str(entry["UID"]) for entry in read(evening, mine).walk("VEVENT")] == [evening.tonight, there]

    end_membership(evening.actor(evening.kim), membership_id=evening.noor, reason="stopped", request_id=new_id())
    later = evening.meeting(evening.tuesday, on=date(2026, 12, 1))
    uids = [str(entry["UID"]) for entry in read(evening, mine).walk("VEVENT")]
    assert later not in uids
    assert there in uids


def test_somebody_has_one_calendar_and_takes_it_back(evening: Any) -> None:
    calendars.open_my_calendar(noor(evening), secret=SECRET, request_id=new_id())
    calendars.open_my_calendar(noor(evening), secret=OTHER, request_id=new_id())

    assert status(evening, f"/mijn/agenda/{SECRET}.ics") == 404
    calendars.withdraw_my_calendar(noor(evening), request_id=new_id())
    assert status(evening, f"/mijn/agenda/{OTHER}.ics") == 404


def test_nobody_else_makes_somebodys_calendar(evening: Any) -> None:
    for actor in (evening.actor(evening.kim), Actor(id=f"link:{noor(evening).id}", kind="link")):
        with pytest.raises(Forbidden):
            calendars.open_my_calendar(actor, secret=SECRET, request_id=new_id())
    with pytest.raises(NotFound):
        calendars.open_my_calendar(Actor(id=new_id(), kind="participant"), secret=SECRET, request_id=new_id())
    with pytest.raises(Refusal):
        calendars.open_my_calendar(noor(evening), secret="zelf bedacht", request_id=new_id())


def test_somebody_with_a_pass_makes_and_withdraws_their_own_by_page(evening: Any) -> None:
    person = evening.visitor()
    assert person.client.get("/mijn/agenda").status_code == 303
    person.client.set_cookie("houvast-mine", passes.sign(service.encryption.keyring, noor(evening)))

    shown = person.submit(person.open("/mijn/agenda"), "/mijn/agenda")

    (address,) = set(re.findall(r'value="http://localhost(/mijn/agenda/[^"]+\.ics)"', shown.html))
    assert status(evening, address) == 200
    assert re.search(r"<title>\s*Agenda\s*</title>", shown.html)
    for values in ("Dinsdaggroep", "Houvast", "groep"):
        assert values.lower() not in shown.text.lower()
    assert "Snel weg" in shown.text
    page = person.submit(person.open("/mijn/agenda"), "/mijn/agenda/weg")
    assert "De agendalink werkt niet meer" in page.text
    assert status(evening, address) == 404


def test_no_secret_address_is_in_a_line_of_the_log_or_in_an_event(evening: Any) -> None:
    lines: list[str] = []

    def watch(_logger: Any, _method: Any, line: Any) -> Any:
        lines.append(repr(line))
        return line

    log.configure("test", level=logging.DEBUG, processors=[watch])
    share(evening)
    calendars.open_my_calendar(noor(evening), secret=OTHER, request_id=new_id())
    read(evening)
    read(evening, f"/mijn/agenda/{OTHER}.ics")
    assert status(evening, group_path(evening, OTHER)) == 404

    assert len(lines) > 5
    values = lines + [repr(event.data) for event in evening.events()]
    assert not [line for line in values if SECRET in line or OTHER in line]
    answers = [repr(row.answer) for row in service.commands.IdempotencyKey.select()]
    assert not [answer for answer in answers if SECRET in answer or OTHER in answer]


def move(harness: Any, **data: Any) -> None:
    harness.clock_at("2026-11-24 09.00")
    move_meeting(harness.actor(harness.kim), meeting_id=harness.tonight, **data, request_id=new_id())


def cancel(harness: Any) -> None:
    cancel_meeting(harness.actor(harness.kim), meeting_id=harness.tonight, request_id=new_id())


def reopen(harness: Any) -> None:
    reopen_meeting(harness.actor(harness.kim), meeting_id=harness.tonight, request_id=new_id())
