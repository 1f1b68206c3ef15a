"""A meeting that nobody closed is not forgotten, and an empty one is no to-do."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from services.meetings.commands import groups
from services.meetings.commands.closing import mark_not_reported
from services.meetings.models import Meeting
from services.meetings.queries.today import get_today
from shared.ids import new_id

NOBODY_CLOSED = "De bijeenkomst van dinsdag 24 november is niet afgerond"


def a_week_later(harness: Any, *, members: int = 1) -> str:
    group_id = harness.group()
    for number in range(members):
        harness.member(group_id, f"Noor {number}")
    meeting_id = harness.meeting(group_id)
    harness.clock_at("2026-12-01 09.00")
    mark_not_reported()
    return str(meeting_id)


def text(harness: Any, who: str) -> str:
    return str(harness.visitor(who).open("/").text)


def test_a_meeting_that_nobody_closed_is_not_reported_from_the_day_after(harness: Any) -> None:
    group_id = harness.group()
    meeting_id = harness.meeting(group_id)
    harness.clock_at("2026-11-24 23.59")
    mark_not_reported()
    states = [Meeting.get_by_id(meeting_id).state]

    harness.clock_at("2026-11-25 00.01")
    mark_not_reported()

    assert [*states, Meeting.get_by_id(meeting_id).state] == ["planned", "not_reported"]
    assert harness.published("meeting_changed")["state"] == "not_reported"
    assert not mark_not_reported()


def test_the_coordinator_sees_how_many_and_whom_to_ask(harness: Any) -> None:
    meeting_id = a_week_later(harness)

    shown = text(harness, harness.vos)

    assert f"{NOBODY_CLOSED}. Vraag Kim om dat te doen" in shown
    assert "niet afgerond" not in text(harness, harness.sam)
    assert [line.id for line in get_today(harness.actor(harness.kim)).unclosed] == [meeting_id]


def test_without_a_facilitator_the_coordinator_appoints_one(harness: Any) -> None:
    a_week_later(harness)
    group_id = Meeting.get().group_id
    groups.release_facilitator(
        harness.actor(harness.vos), group_id=group_id, staff_id=harness.kim, request_id=new_id()
    )

    assert "Kies wie dat doet" in text(harness, harness.vos)
    assert harness.visitor(harness.vos).open("/").link(f"/groepen/{group_id}/begeleiders")


def test_of_several_groups_the_coordinator_sees_one_number_and_where_they_are_listed(harness: Any) -> None:
    for name, days in (("Dinsdaggroep", (17, 24)), ("Kring", (18,))):
        group_id = harness.group(name)
        harness.member(group_id, starts_on=date(2026, 11, 17))
        for day in days:
            harness.meeting(group_id, on=date(2026, 11, day))
    harness.meeting(harness.group("Lege groep"), on=date(2026, 11, 17))
    harness.clock_at("2026-12-01 09.00")
    mark_not_reported()

    page = harness.visitor(harness.vos).open("/")

    assert "3 bijeenkomsten zijn niet afgerond Van 2 groepen, de oudste is van dinsdag 17 november." in page.text
    region = harness.visitor(harness.vos).open(page.link(r"/regio\?sorteer=unreported&richting=af"))
    assert re.findall("Dinsdaggroep|Kring|Lege groep", region.html) == ["Dinsdaggroep", "Kring", "Lege groep"]


def test_meetings_of_groups_that_a_coordinator_leads_are_not_counted_twice(harness: Any) -> None:
    harness.colleague("Vos", "facilitator", "coordinator")
    a_week_later(harness)
    group_id = Meeting.get().group_id
    groups.appoint_facilitator(
        harness.actor(harness.vos), group_id=group_id, staff_id=harness.vos, place="co", request_id=new_id()
    )

    assert get_today(harness.actor(harness.vos)).unreported is None
    assert "Bijeenkomst van dinsdag 24 november: wie was er?" in text(harness, harness.vos)


def test_what_was_not_reported_is_still_filled_in_and_then_gone(harness: Any) -> None:
    here = f"/bijeenkomsten/{a_week_later(harness)}"
    kim = harness.visitor(harness.kim)

    page = kim.submit(kim.open(here), f"{here}/klaar", unmarked="present")

    assert "Afgerond: 1 aanwezig" in page.text
    assert "niet afgerond" not in text(harness, harness.vos)
    assert get_today(harness.actor(harness.kim)).unclosed == []


def test_a_meeting_of_a_group_without_anybody_asks_nothing(harness: Any) -> None:
    a_week_later(harness, members=0)

    assert get_today(harness.actor(harness.kim)).unclosed == []
    assert "niet afgerond" not in text(harness, harness.vos)


def test_a_meeting_of_a_group_without_names_asks_as_ever(harness: Any) -> None:
    meeting_id = harness.meeting(harness.headcount_group(), on=date(2026, 11, 24))
    harness.clock_at("2026-12-01 09.00")
    mark_not_reported()

    assert [line.id for line in get_today(harness.actor(harness.kim)).unclosed] == [meeting_id]


def test_of_a_group_that_keeps_no_names_is_asked_how_many_there_were(harness: Any) -> None:
    harness.meeting(harness.headcount_group(), on=date(2026, 11, 17))
    harness.clock_at("2026-11-18 09.00")

    assert "Bijeenkomst van dinsdag 17 november: hoeveel mensen waren er?" in text(harness, harness.kim)
