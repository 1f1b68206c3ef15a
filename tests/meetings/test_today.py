"""Vandaag shows what needs somebody, by role, with one button each, and nothing else."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Any

import pytest

from services.intake import events as intake
from services.meetings.commands import meeting_changes, substitutes
from services.meetings.models import Group, Membership, service
from services.meetings.queries.today import SHOWN, get_today
from shared.ids import new_id

pytestmark = pytest.mark.clock


@pytest.fixture
def busy(harness: Any) -> Any:
    """A Tuesday with one of everything."""
    harness.tuesday = harness.group()
    for day in (10, 17, 24):
        harness.clock_at(f"2026-11-{day - 1:02} 10.00")
        harness.meeting(harness.tuesday, on=date(2026, 11, day))
    sneeuw = harness.member(harness.tuesday, "Sneeuw", starts_on=date(2026, 11, 10))
    harness.reached(Membership.get_by_id(sneeuw).participant_id, "email")
    harness.bare = harness.group("Kale groep")
    harness.noor = harness.signed_up(harness.participant("Noor"))
    for name, on in (("Robin", "2026-11-24"), ("Jip", "2026-11-20"), ("Mees", "2026-11-30")):
        harness.talk(intake.INTRO_TALK_SCHEDULED, new_id(), harness.signed_up(harness.participant(name)), on=on)
    harness.consume()
    harness.clock_at("2026-11-24 09.00")
    return harness


def text(harness: Any, staff_id: str) -> str:
    return str(harness.visitor(staff_id).open("/").text)


def test_who_leads_a_group_sees_the_meeting_of_tonight_and_the_one_not_yet_closed(busy: Any) -> None:
    page = busy.visitor(busy.kim).open("/")

    assert "Vandaag 19.30 Dinsdaggroep Wie is er?" in page.text
    assert "Bijeenkomst van dinsdag 10 november en 1 later: wie was er?" in page.text
    assert page.link(r"/bijeenkomsten/[0-9a-f-]{36}")
    assert "Kale groep Er staat geen bijeenkomst gepland" in page.text
    assert "Noor" not in page.text


def test_who_meets_people_sees_who_waits_and_the_talks_of_today_and_before(busy: Any) -> None:
    page = busy.visitor(busy.sam).open("/")

    assert page.link(f"/kennismaking/{busy.noor}")
    assert "14.00 Kennismaken met Robin Bekijk het gesprek" in page.text
    assert "Gesprek met Jip Van vrijdag 20 november: hoe ging het?" in page.text
    assert "Mees" not in page.text
    assert "Dinsdaggroep" not in page.text


def test_a_host_who_is_no_intro_worker_is_reminded_of_the_talk_without_a_way_into_the_sign_up(busy: Any) -> None:
    signup_id = busy.signed_up(busy.participant("Storm"))
    busy.talk(intake.INTRO_TALK_SCHEDULED, new_id(), signup_id, on="2026-11-24", host_staff_id=busy.kim)
    busy.consume()

    page = busy.visitor(busy.kim).open("/")

    assert "Kennismaken met Storm" in page.text
    assert f"/kennismaking/{signup_id}" not in page.html
    assert "Robin" not in page.text


def test_a_coordinator_sees_which_groups_cannot_go_on(busy: Any) -> None:
    page = busy.visitor(busy.vos).open("/")

    assert page.link(f"/groepen/{busy.bare}/plannen")
    assert "Wie is er?" not in page.text


def test_a_group_that_ended_needs_nobody(busy: Any) -> None:
    Group.update(state="ended").execute()

    today = get_today(busy.actor(busy.kim))

    assert (today.appointments.all, today.unclosed, today.groups) == ([], [], [])


def test_who_leads_a_changed_meeting_sees_how_many_do_not_hear_it_from_us_until_it_is_over(busy: Any) -> None:
    reached, not_reached = (busy.member(busy.tuesday, name) for name in ("Storm", "Lente"))
    busy.reached(Membership.get_by_id(reached).participant_id, "email")
    busy.consume()
    tonight = get_today(busy.actor(busy.kim)).appointments.today[0].id
    assert "Zelf vertellen" not in text(busy, busy.kim)

    meeting_changes.cancel_meeting(busy.actor(busy.kim), meeting_id=tonight, request_id=new_id())
    page = busy.visitor(busy.kim).open("/")

    assert "Dinsdaggroep Dinsdag 24 november gaat niet door: 1 persoon krijgt geen bericht Bekijk wie" in page.text
    assert page.link(f"/bijeenkomsten/{tonight}/vertellen")
    assert not [name for name in ("Storm", "Lente", not_reached) if name in page.html]
    assert "Zelf vertellen" not in text(busy, busy.sam)
    busy.clock_at("2026-11-24 19.31")
    assert "Zelf vertellen" not in text(busy, busy.kim)


def test_who_stands_in_sees_whom_to_tell_of_that_meeting_alone(busy: Any) -> None:
    busy.member(busy.tuesday, "Lente")
    tonight = get_today(busy.actor(busy.kim)).appointments.today[0].id
    vos = busy.actor(busy.vos)
    substitutes.appoint_substitute(vos, meeting_id=tonight, staff_id=busy.sam, request_id=new_id())
    assert get_today(busy.actor(busy.sam)).to_announce == []

    meeting_changes.move_meeting(vos, meeting_id=tonight, at=time(20, 30), request_id=new_id())

    (changed,) = get_today(busy.actor(busy.sam)).to_announce
    assert (changed.meeting_id, changed.is_cancelled, changed.number) == (tonight, False, 1)


@pytest.mark.parametrize(
    ("roles", "asked"),
    [
        (["facilitator"], ["/berichten/wacht"]),
        (["messenger", "facilitator"], ["/berichten/wacht", "/gebeurtenissen/wacht"]),
        (["manager"], ["/gebeurtenissen/wacht"]),
        (["coordinator", "intro_worker"], []),
    ],
)
def test_the_page_asks_the_other_parts_for_whom_there_may_be_work(
    harness: Any, roles: list[str], asked: list[str]
) -> None:
    page = harness.visitor(harness.colleague("Bo", *roles)).open("/")

    assert re.findall(r'data-elsewhere="([^"]+)"', page.html) == asked
    if "messenger" in roles:
        assert page.link("/berichten/antwoorden")


@pytest.mark.parametrize(
    ("role", "started"),
    [
        ("coordinator", ["Meld iemand aan", "Start een groep", "Bekijk de regio"]),
        ("intro_worker", ["Meld iemand aan"]),
        ("facilitator", ["Bekijk de groepen", "Open de bellijst"]),
        ("messenger", ["Zoek een bericht"]),
        ("manager", ["Voeg een collega toe", "Bekijk het logboek"]),
    ],
)
def test_who_may_start_something_does_so_from_here_and_nobody_else(
    harness: Any, role: str, started: list[str]
) -> None:
    visitor = harness.visitor(harness.colleague("Bo", role))
    page = visitor.open("/")

    section = page.html.partition('aria-labelledby="start"')[2]
    links = re.findall(r'<a class="button[^"]*" href="([^"]+)">([^<]+)', section)
    assert [label for _, label in links] == started
    ours = [address for address, _ in links if not address.startswith(("/kennismaking", "/berichten"))]
    assert {address: visitor.open(address).status for address in ours} == dict.fromkeys(ours, 200)


def test_who_has_nothing_to_do_is_informed_so(harness: Any) -> None:
    assert "Er is nu niets dat op jou wacht" in text(harness, harness.colleague("Bo", "messenger"))


def test_a_coordinator_without_groups_is_shown_how_to_begin(harness: Any) -> None:
    assert harness.visitor(harness.vos).open("/").link("/groepen/nieuw")


def test_the_meeting_of_tonight_is_over_when_it_is_closed(busy: Any) -> None:
    kim = busy.visitor(busy.kim)
    busy.clock_at("2026-11-24 21.00")
    tonight = get_today(busy.actor(busy.kim)).appointments.today[0].id

    here = f"/bijeenkomsten/{tonight}"
    kim.submit(kim.open(here), f"{here}/klaar", unmarked="not_recorded")

    assert "Wie is er?" not in text(busy, busy.kim)
    (meeting,) = get_today(busy.actor(busy.kim)).appointments.today
    assert (meeting.progress, meeting.waits_to_be_closed) == ("done", False)


def test_nobody_of_another_organisation_is_on_the_page(busy: Any) -> None:
    roles = ("coordinator", "manager", "facilitator", "intro_worker")
    stranger = busy.colleague("Bo", *roles, organisation=busy.register_organisation("Het Anker"))

    page = text(busy, stranger)

    assert not [name for name in ("Noor", "Robin", "Jip", "Dinsdaggroep", "Kale groep") if name in page]


def test_a_look_at_who_waits_is_in_the_access_log(busy: Any) -> None:
    table = service.audit.AuditEntry

    busy.visitor(busy.kim).open("/")
    assert table.select().where(table.about_kind == "signups").count() == 0
    busy.visitor(busy.sam).open("/")

    seen = table.select().where(table.about_kind == "signups", table.actor_id == busy.sam)
    assert {line.about_id for line in seen} == {busy.organisation_id}


def test_of_very_many_who_wait_the_first_are_shown_and_the_way_to_all(harness: Any) -> None:
    for number in range(SHOWN + 3):
        harness.signed_up(harness.participant(f"Iemand {number:02d}"))
    harness.consume()

    today = get_today(harness.actor(harness.vos))

    assert [person.call_name for person in today.waiting] == [f"Iemand {number:02d}" for number in range(SHOWN)]
    assert today.more == {"waiting"}
    assert "Bekijk iedereen die wacht" in text(harness, harness.vos)
