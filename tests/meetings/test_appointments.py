"""Today and tomorrow as a timeline: the meetings that somebody leads and the talks that they hold."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest

from services.intake import events as intake
from services.meetings.commands import meeting_changes, venues
from services.meetings.queries.today import get_today
from shared.ids import new_id

pytestmark = pytest.mark.clock

MONDAY, TUESDAY, WEDNESDAY, LATER = date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25), date(2026, 12, 8)


@pytest.fixture
def week(harness: Any) -> Any:
    """A group in a building, on the morning of a Tuesday."""
    venue_id = venues.register_venue(
        harness.actor(harness.vos),
        organisation_id=harness.organisation_id,
        name="Buurthuis De Brug",
        address="Lindelaan 3",
        area="1234",
        features=[],
        request_id=new_id(),
    )
    harness.tuesday = harness.group(venue_id=venue_id)
    harness.clock_at("2026-11-24 09.00")
    return harness


def talk(harness: Any, name: str, on: str, **data: Any) -> str:
    signup_id = harness.signed_up(harness.participant(name))
    harness.talk(intake.INTRO_TALK_SCHEDULED, new_id(), signup_id, on=on, **data)
    harness.consume()
    return str(signup_id)


def text(harness: Any, who: str) -> str:
    return str(harness.visitor(who).open("/").text)


def names(appointments: list[Any]) -> list[tuple[str, time]]:
    return [(appointment.name, appointment.at) for appointment in appointments]


def test_what_somebody_leads_and_holds_in_two_days_stands_in_the_order_of_the_day(week: Any) -> None:
    for on, at in ((TUESDAY, time(20)), (TUESDAY, time(13)), (WEDNESDAY, time(10)), (LATER, time(20))):
        week.meeting(week.tuesday, on=on, at=at)
    talk(week, "Robin", "2026-11-24", host_staff_id=week.kim)
    talk(week, "Mees", "2026-11-25", host_staff_id=week.kim)

    here = get_today(week.actor(week.kim)).appointments

    assert names(here.today) == [("Dinsdaggroep", time(13)), ("Robin", time(14)), ("Dinsdaggroep", time(20))]
    assert names(here.tomorrow) == [("Dinsdaggroep", time(10)), ("Mees", time(14))]
    assert here.next is None


def test_a_meeting_says_where_it_is_and_where_it_is_this_once(week: Any) -> None:
    week.meeting(week.tuesday, at=time(13))
    moved = week.meeting(week.tuesday, at=time(20))
    place = ("Bibliotheek", "Lindelaan 9")
    meeting_changes.move_meeting(week.actor(week.kim), meeting_id=moved, place=place, request_id=new_id())

    page = week.visitor(week.kim).open("/")

    assert "13.00 Dinsdaggroep Buurthuis De Brug Wie is er?" in page.text
    assert "20.00 Dinsdaggroep Bibliotheek Wie is er?" in page.text
    assert page.link(f"/bijeenkomsten/{moved}")


def test_what_is_going_on_is_over_or_is_off_says_so(week: Any) -> None:
    over, now, off = (week.meeting(week.tuesday, at=time(hour)) for hour in (10, 13, 20))
    meeting_changes.cancel_meeting(week.actor(week.kim), meeting_id=off, request_id=new_id())
    week.clock_at("2026-11-24 13.30")

    here = {
        appointment.id: appointment.progress for appointment in get_today(week.actor(week.kim)).appointments.today
    }

    assert here == {over: "done", now: "going_on", off: "cancelled"}
    page = text(week, week.kim)
    assert "10.00 Dinsdaggroep Geweest · Buurthuis De Brug Wie is er?" in page
    assert "13.00 Dinsdaggroep Nu bezig" in page
    assert "20.00 Dinsdaggroep Gaat niet door · Buurthuis De Brug Morgen" in page


def test_tomorrow_may_be_looked_at_and_asks_nothing_yet(week: Any) -> None:
    meeting_id = week.meeting(week.tuesday, on=WEDNESDAY)

    page = week.visitor(week.kim).open("/")

    assert "Vandaag Je hebt geen afspraken. Morgen 19.30 Dinsdaggroep Buurthuis De Brug" in page.text
    assert page.link(f"/bijeenkomsten/{meeting_id}")
    assert "Wie is er?" not in page.text


def test_the_talk_of_a_colleague_is_no_appointment_and_its_name_is_not_logged(week: Any) -> None:
    talk(week, "Robin", "2026-11-25")

    assert "Kennismaken met Robin" in text(week, week.sam)
    assert get_today(week.actor(week.vos)).appointments.all == []
    assert get_today(week.actor(week.vos)).people_of == []
    assert get_today(week.actor(week.sam)).people_of == [week.organisation_id]


def test_who_has_nothing_in_two_days_is_informed_of_what_comes_then(week: Any) -> None:
    meeting_id = week.meeting(week.tuesday, on=LATER)
    page = week.visitor(week.kim).open("/")
    assert "geen afspraken. Je volgende afspraak: Dinsdaggroep op dinsdag 8 december om 19.30." in page.text
    assert "Er is nu niets dat op jou wacht" in page.text
    assert page.link(f"/bijeenkomsten/{meeting_id}")

    signup_id = talk(week, "Robin", "2026-12-01", host_staff_id=week.kim)
    page = week.visitor(week.kim).open("/")

    assert "Je volgende afspraak: Kennismaken met Robin op dinsdag 1 december om 14.00." in page.text
    assert f"/kennismaking/{signup_id}" not in page.html


def test_a_coordinator_who_leads_nothing_is_informed_of_the_first_meeting_of_a_group(week: Any) -> None:
    assert "er is nog niets gepland" in text(week, week.vos)
    week.meeting(week.tuesday, on=LATER)
    week.meeting(week.tuesday, on=TUESDAY, at=time(9, 30))
    assert "De volgende bijeenkomst van een groep: Dinsdaggroep op dinsdag 24 november om 9.30." in text(
        week, week.vos
    )

    week.clock_at("2026-11-24 12.00")

    assert "De volgende bijeenkomst van een groep: Dinsdaggroep op dinsdag 8 december om 19.30." in text(
        week, week.vos
    )
    stranger = week.colleague("Bo", "coordinator", organisation=week.register_organisation("Het Anker"))
    assert "Dinsdaggroep" not in text(week, stranger)


def test_who_neither_leads_nor_gets_to_know_people_has_no_timeline(week: Any) -> None:
    page = text(week, week.colleague("Bo", "messenger"))

    assert "Je afspraken" not in page
    assert "Er is nu niets dat op jou wacht. Zodra er iets is, staat het hier." in page
