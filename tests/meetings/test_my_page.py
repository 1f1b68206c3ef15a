"""What somebody finds on their own page, and who looked at them: only what is theirs."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from typing import Any

import pytest

from services.meetings.commands.access_log import log_access
from services.meetings.commands.memberships import end_membership
from services.meetings.models import CallOff, Meeting, MeetingPlace, Membership, service
from services.meetings.queries.access_log import list_accesses_to
from services.meetings.queries.my_page import get_my_page
from shared import clock
from shared.errors import NotFound
from shared.ids import new_id
from shared.security import links
from shared.security.actor import system
from tests.meetings.harness import INSTALLATION, MeetingsHarness
from tests.meetings.test_my_page_access import come_in


@pytest.fixture
def noor(evening: MeetingsHarness) -> str:
    return str(Membership.get_by_id(evening.noor).participant_id)


def call_off(harness: MeetingsHarness, state: str = "called_off") -> None:
    CallOff.create(
        id=new_id(),
        organisation=harness.organisation_id,
        meeting=harness.tonight,
        membership=harness.noor,
        state=state,
        at=clock.now(),
    )


def test_the_next_meetings_are_there_with_day_hour_and_a_way_to_call_off(
    evening: MeetingsHarness, noor: str
) -> None:
    evening.clock_at("2026-11-24 12.00")

    page = come_in(evening, noor).open("/mijn")

    assert "Dinsdag 24 november 19.30 uur" in page.text
    assert "Ik kom niet" in page.text
    href = next(link for link in page.html.split('"') if link.startswith("/mijn/afmelden/")).partition("?")[0]
    link = links.check(service.encryption.keyring, "meetings", "call_off", href.removeprefix("/mijn/afmelden/"))
    assert link is not None
    assert link.subject == f"{evening.tonight}.{evening.noor}"
    assert link.expires_at == clock.instant(date(2026, 11, 24), time(19, 30))


def test_a_meeting_that_is_elsewhere_for_once_says_where(evening: MeetingsHarness, noor: str) -> None:
    evening.clock_at("2026-11-24 12.00")
    MeetingPlace.create(
        organisation=evening.organisation_id,
        meeting=evening.tonight,
        name="De Schuur",
        address="Dijk 9, Lindeveen",
    )

    page = come_in(evening, noor).open("/mijn")

    assert page.text.count("Deze keer: De Schuur, Dijk 9, Lindeveen") == 1


def test_who_called_off_sees_that_and_may_take_it_back(evening: MeetingsHarness, noor: str) -> None:
    evening.clock_at("2026-11-24 12.00")
    call_off(evening)

    page = come_in(evening, noor).open("/mijn")

    assert "Je hebt je afgemeld" in page.text
    assert "Ik kom toch" in page.text


def test_what_was_taken_back_counts_no_more(evening: MeetingsHarness, noor: str) -> None:
    evening.clock_at("2026-11-24 12.00")
    call_off(evening, "taken_back")

    assert not get_my_page(noor).groups[0].meetings[0].is_called_off


def test_a_meeting_that_began_is_there_until_it_ends_and_can_be_called_off_no_more(
    evening: MeetingsHarness, noor: str
) -> None:
    going_on = get_my_page(noor).groups[0].meetings
    evening.clock_at("2026-11-24 21.31")

    assert [(entry.id, entry.link) for entry in going_on] == [(evening.tonight, None)]
    assert get_my_page(noor).groups[0].meetings == ()


def test_from_ones_own_page_one_calls_off_and_finds_the_way_back(evening: MeetingsHarness, noor: str) -> None:
    evening.clock_at("2026-11-24 12.00")
    person = come_in(evening, noor)

    page = person.open(person.open("/mijn").link(r"/mijn/afmelden/.*"))
    off = person.submit(page, r"/mijn/afmelden/.*")

    assert "Je bent afgemeld" in off.text
    assert "Je kunt deze pagina nu sluiten" not in off.text
    assert "Je hebt je afgemeld" in person.open(off.link("/mijn")).text
    assert person.open("/mijn").link("/mijn/agenda")


def test_a_cancelled_meeting_says_so(evening: MeetingsHarness, noor: str) -> None:
    evening.clock_at("2026-11-24 12.00")
    Meeting.update(state="cancelled").execute()

    page = come_in(evening, noor).open("/mijn")

    assert "Gaat niet door" in page.text
    assert "/mijn/afmelden/" not in page.html


def test_meetings_before_ones_first_day_and_groups_of_others_are_not_there(evening: MeetingsHarness) -> None:
    group_id = evening.group("Andere groep")
    evening.meeting(group_id, date(2026, 12, 1))
    evening.meeting(group_id, date(2026, 12, 8))
    stay = evening.member(group_id, "Ster", starts_on=date(2026, 12, 8))
    ster = str(Membership.get_by_id(stay).participant_id)

    mine = get_my_page(ster)

    assert [(group.name, [entry.on for entry in group.meetings]) for group in mine.groups] == [
        ("Andere groep", [date(2026, 12, 8)])
    ]


def test_after_a_farewell_there_is_nothing_planned(evening: MeetingsHarness, noor: str) -> None:
    end_membership(
        INSTALLATION, membership_id=evening.noor, reason="farewell", on=date(2026, 11, 24), request_id=new_id()
    )

    assert "Er staat nu niets voor je gepland" in come_in(evening, noor).open("/mijn").text


def test_of_somebody_who_is_not_known_there_is_nothing(evening: MeetingsHarness) -> None:
    with pytest.raises(NotFound):
        get_my_page(new_id())


# --- who looked ---


def seen(person: str) -> set[tuple[str, str, str]]:
    return {(entry.name, entry.role, entry.subject) for day in list_accesses_to(person) for entry in day.accesses}


def look_at_everything(harness: MeetingsHarness) -> None:
    kim = harness.visitor(harness.kim)
    for path in (f"/groepen/{harness.tuesday}", harness.here):
        kim.open(path)


def test_who_opened_the_list_of_a_group_or_of_a_meeting_is_there(evening: MeetingsHarness, noor: str) -> None:
    assert list_accesses_to(noor) == []

    look_at_everything(evening)

    assert seen(noor) == {("Kim", "facilitator", "group_members"), ("Kim", "facilitator", "attendance")}
    page = come_in(evening, noor).open("/mijn/inzage").text
    assert "Kim (begeleider): bekeek wie er waren bij Dinsdaggroep op dinsdag 24 november" in page


def test_who_opened_the_call_list_of_the_group_is_there(evening: MeetingsHarness, noor: str) -> None:
    log_access(
        evening.actor(evening.kim),
        about_kind="calls",
        about_id=evening.tuesday,
        organisation_id=evening.organisation_id,
        purpose="after_absence",
    )

    page = come_in(evening, noor).open("/mijn/inzage").text

    assert "Kim (begeleider): bekeek wie er gebeld mag worden in Dinsdaggroep" in page


def test_looking_often_on_one_day_is_one_line(evening: MeetingsHarness, noor: str) -> None:
    for _ in range(3):
        look_at_everything(evening)

    assert len(list_accesses_to(noor)[0].accesses) == 2


def test_the_days_of_the_list_go_by_the_clock_of_the_people(evening: MeetingsHarness, noor: str) -> None:
    evening.clock_at("2027-03-02 10.00")
    look_at_everything(evening)

    page = come_in(evening, noor).open("/mijn/inzage")

    assert re.findall(r"<h2[^>]*>([^<]+)</h2>", page.html) == ["dinsdag 2 maart"]


def test_who_looked_before_somebody_came_did_not_see_them(evening: MeetingsHarness) -> None:
    look_at_everything(evening)
    stay = evening.member(evening.tuesday, "Later")
    later = str(Membership.get_by_id(stay).participant_id)

    assert seen(later) == set()


def test_who_looked_after_somebody_left_did_not_see_them_in_the_group_any_more(
    evening: MeetingsHarness, noor: str
) -> None:
    two_days_ago = clock.today() - timedelta(days=2)
    Membership.update(state="ended", ended_on=two_days_ago).where(Membership.id == evening.noor).execute()

    look_at_everything(evening)

    assert ("Kim", "facilitator", "group_members") not in seen(noor)


def test_who_looked_at_who_waits_saw_those_who_wait(evening: MeetingsHarness) -> None:
    ster = evening.participant("Ster")
    evening.signed_up(ster)
    evening.consume()

    evening.visitor(evening.sam).open("/")

    assert seen(ster) == {("Sam", "facilitator", "signups")}


def test_what_the_services_do_by_themselves_is_no_look(evening: MeetingsHarness, noor: str) -> None:
    service.audit.record(
        system("meetings"),
        "read",
        "membership",
        evening.noor,
        purpose="x",
        organisation_id=evening.organisation_id,
    )

    assert seen(noor) == set()


def test_a_program_and_who_is_gone_are_said_without_a_name(evening: MeetingsHarness, noor: str) -> None:
    audit_entry: Any = service.audit.AuditEntry
    values = {
        "at": clock.now(),
        "event": "read",
        "actor_roles": "facilitator",
        "organisation_id": evening.organisation_id,
        "about_kind": "membership",
        "about_id": evening.noor,
        "purpose": "x",
        "outcome": "done",
    }
    audit_entry.insert(actor_id="key:1", actor_kind="key", **values).execute()
    audit_entry.insert(actor_id=new_id(), actor_kind="staff", **values).execute()

    assert seen(noor) == {("", "program", "membership"), ("", "gone", "membership")}
    text = come_in(evening, noor).open("/mijn/inzage").text
    assert "Een programma van de organisatie" in text
    assert "Iemand die hier niet meer werkt" in text


def test_one_person_never_sees_the_looks_at_another(evening: MeetingsHarness) -> None:
    other = evening.group("Andere groep")
    stay = evening.member(other, "Ster")
    ster = str(Membership.get_by_id(stay).participant_id)

    look_at_everything(evening)

    assert seen(ster) == set()
