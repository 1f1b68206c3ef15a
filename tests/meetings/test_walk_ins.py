"""Somebody comes in who was not placed: new, of before, or only a guest; one person, however many stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.meetings.commands import attendance
from services.meetings.commands.memberships import end_membership
from services.meetings.commands.walk_ins import register_walk_in, welcome_back
from services.meetings.models import Membership, Participant, service
from services.meetings.queries.attendance import list_attendance
from services.meetings.queries.meetings import get_meeting
from services.meetings.queries.memberships import list_members
from services.meetings.queries.walk_ins import list_former_members
from shared.errors import Forbidden, NotFound
from shared.ids import new_id
from tests.meetings.actions import refused


def walk_in(harness: Any, call_name: str = "Jip", *, by: str = "", request_id: str = "", **data: Any) -> str:
    values = {"meeting_id": harness.tonight, "call_name": call_name, **data}
    return register_walk_in(harness.actor(by or harness.kim), **values, request_id=request_id or new_id())


def back(harness: Any, membership_id: str, meeting_id: str = "") -> str:
    return welcome_back(
        harness.actor(harness.kim),
        meeting_id=meeting_id or harness.tonight,
        membership_id=membership_id,
        request_id=new_id(),
    )


def leave(harness: Any, membership_id: str) -> None:
    end_membership(harness.actor(harness.kim), membership_id=membership_id, reason="stopped", request_id=new_id())


def marks(harness: Any, meeting_id: str = "") -> dict[str, str]:
    return {
        entry.call_name: entry.mark
        for entry in list_attendance(harness.actor(harness.kim), meeting_id or harness.tonight)
    }


def before(harness: Any, meeting_id: str = "") -> list[str]:
    return [
        entry.call_name for entry in list_former_members(harness.actor(harness.kim), meeting_id or harness.tonight)
    ]


def test_somebody_new_is_here_at_once_and_intake_gets_what_to_call_them(evening: Any) -> None:
    membership_id = walk_in(evening, "  Jip \n de Rode ")

    assert marks(evening)["Jip de Rode"] == "present"
    event = evening.events("walk_in_registered")[-1]
    membership = Membership.get_by_id(membership_id)
    assert event.subject == f"participant/{membership.participant_id}"
    assert event.data["participant_id"] == membership.participant_id
    assert "Jip" not in str(event.data)
    assert evening.open_from_publisher("intake", event) == {"call_name": "Jip de Rode"}
    values = evening.published("membership_changed")
    assert (values["membership_id"], values["placement_id"], values["starts_on"]) == (
        membership_id,
        None,
        "2026-11-24",
    )


def test_who_leads_the_group_sees_that_no_message_reaches_somebody_who_walked_in(evening: Any) -> None:
    walk_in(evening)

    unreachable = [
        entry.call_name
        for entry in list_attendance(evening.actor(evening.kim), evening.tonight)
        if entry.is_unreachable
    ]

    assert unreachable == ["Jip"]


def test_the_same_request_twice_is_one_person(evening: Any) -> None:
    request_id = new_id()

    assert walk_in(evening, request_id=request_id) == walk_in(evening, request_id=request_id)
    assert len(evening.events("walk_in_registered")) == 1


def test_a_walk_in_belongs_to_the_group_from_then_on(evening: Any) -> None:
    next_week = evening.meeting(evening.tuesday, on=date(2026, 12, 1))
    walk_in(evening)

    assert "Jip" in [entry.call_name for entry in list_members(evening.actor(evening.kim), evening.tuesday)]
    assert marks(evening, next_week)["Jip"] == "not_recorded"


def test_after_klaar_a_walk_in_is_added_to_the_numbers_as_a_correction(evening: Any) -> None:
    attendance.close_meeting(evening.actor(evening.kim), meeting_id=evening.tonight, request_id=new_id())

    walk_in(evening)

    turnout = get_meeting(evening.actor(evening.kim), evening.tonight).summary.turnout
    assert (turnout.members, turnout.present) == (3, 1)
    assert evening.published("attendance_corrected")["mark"] == "present"


# --- one person, several stays ---


def test_who_leaves_for_three_months_and_comes_back_is_one_person_with_two_stays(evening: Any) -> None:
    first = walk_in(evening)
    leave(evening, first)
    evening.clock_at("2027-02-22 12.00")
    again = evening.meeting(evening.tuesday, on=date(2027, 2, 23))
    evening.clock_at("2027-02-23 19.35")
    assert before(evening, again) == ["Jip"]

    second = back(evening, first, again)

    stays = [Membership.get_by_id(entry) for entry in (first, second)]
    assert [(entry.state, entry.starts_on.isoformat()) for entry in stays] == [
        ("ended", "2026-11-24"),
        ("active", "2027-02-23"),
    ]
    assert len({entry.participant_id for entry in stays}) == 1
    assert len(evening.events("walk_in_registered")) == 1
    assert marks(evening, again)["Jip"] == "present"
    assert before(evening, again) == []


def test_who_was_placed_left_and_walks_in_again_is_the_same_person_without_a_placement(evening: Any) -> None:
    evening.clock_at("2026-11-24 12.00")
    next_week = evening.meeting(evening.tuesday, on=date(2026, 12, 1))
    evening.clock_at("2026-11-24 20.00")
    leave(evening, evening.noor)
    evening.clock_at("2026-12-01 20.00")

    second = back(evening, evening.noor, next_week)

    assert Membership.get_by_id(second).participant_id == Membership.get_by_id(evening.noor).participant_id
    assert evening.published("membership_changed")["placement_id"] is None


def test_who_was_to_begin_next_week_and_comes_today_begins_today(evening: Any) -> None:
    evening.member(evening.tuesday, "Mees", starts_on=date(2026, 12, 1))
    (line,) = list_former_members(evening.actor(evening.kim), evening.tonight)
    assert (line.call_name, line.ended_on) == ("Mees", None)

    assert back(evening, line.membership_id) == line.membership_id

    assert evening.published("membership_changed")["starts_on"] == "2026-11-24"
    assert marks(evening)["Mees"] == "present"


def test_who_walked_in_and_is_placed_later_keeps_the_stay(evening: Any) -> None:
    membership_id = walk_in(evening)
    person = Membership.get_by_id(membership_id).participant_id

    placement_id = evening.placed(person, evening.tuesday)
    evening.consume()

    values = evening.published("membership_changed")
    assert (values["membership_id"], values["placement_id"]) == (membership_id, placement_id)
    assert evening.events("placement_returned") == []


def test_who_was_never_here_or_is_here_already_cannot_come_back(evening: Any) -> None:
    other = evening.member(evening.group("Donderdaggroep"), "Storm")

    for membership_id in (evening.noor, other, new_id()):
        assert refused(lambda entry=membership_id: back(evening, entry)) == "walk_in_unknown"


def test_whose_name_is_gone_is_not_offered(evening: Any) -> None:
    first = walk_in(evening)
    evening.clock_at("2026-11-24 12.00")
    next_week = evening.meeting(evening.tuesday, on=date(2026, 12, 1))
    leave(evening, first)
    Participant.delete().where(Participant.id == Membership.get_by_id(first).participant_id).execute()

    assert before(evening, next_week) == []


# --- names ---


@pytest.mark.parametrize(
    ("name", "code"), [("", "call_name_missing"), (" \t", "call_name_missing"), ("x" * 61, "call_name_too_long")]
)
def test_a_name_that_is_none_is_refused(evening: Any, name: str, code: str) -> None:
    assert refused(lambda: walk_in(evening, name)) == code


def test_a_name_that_is_here_already_is_nearly_always_the_same_person(evening: Any) -> None:
    assert refused(lambda: walk_in(evening, "noor")) == "walk_in_is_here"
    assert refused(lambda: walk_in(evening, "noor", is_somebody_else=True)) == "walk_in_is_here"


def test_a_name_of_before_is_asked_about_and_may_be_somebody_else(evening: Any) -> None:
    first = walk_in(evening)
    leave(evening, first)
    evening.clock_at("2026-11-25 12.00")
    evening.tonight = evening.meeting(evening.tuesday, on=date(2026, 12, 1))
    evening.clock_at("2026-12-01 19.35")

    assert refused(lambda: walk_in(evening, "JIP")) == "walk_in_was_here"
    second = walk_in(evening, "JIP", is_somebody_else=True)

    assert Membership.get_by_id(first).participant_id != Membership.get_by_id(second).participant_id


# --- who may, where and when ---


def test_a_full_group_says_to_count_somebody_without_a_name(harness: Any) -> None:
    harness.tuesday = harness.group(overrides={"admission": "rolling", "max_size": 6})
    harness.tonight = harness.meeting(harness.tuesday)
    for number in range(6):
        harness.member(harness.tuesday, f"Nummer {number}")
    harness.clock_at("2026-11-24 20.00")

    assert refused(lambda: walk_in(harness)) == "walk_in_group_full"
    assert harness.events("walk_in_registered") == []
    assert Participant.select().count() == 6


def test_a_group_without_names_writes_nobody_down(harness: Any) -> None:
    harness.tonight = harness.meeting(harness.headcount_group())
    harness.clock_at("2026-11-24 20.00")

    assert refused(lambda: walk_in(harness)) == "group_keeps_no_names"


def test_before_it_is_nearly_time_nobody_walked_in(evening: Any) -> None:
    evening.clock_at("2026-11-24 12.00")

    assert refused(lambda: walk_in(evening)) == "attendance_too_early"


def test_only_who_leads_the_group_writes_somebody_down_and_sees_who_was_here_before(evening: Any) -> None:
    stranger = evening.colleague("Bo", "facilitator", organisation=evening.register_organisation("Het Anker"))

    for staff_id, why in ((evening.vos, Forbidden), (evening.sam, Forbidden), (stranger, NotFound)):
        with pytest.raises(why):
            walk_in(evening, by=staff_id)
        with pytest.raises(why):
            list_former_members(evening.actor(staff_id), evening.tonight)


# --- the page ---


def test_by_page_somebody_new_and_somebody_of_before_come_in(evening: Any) -> None:
    kim, path = evening.visitor(evening.kim), f"{evening.here}/erbij"
    evening.member(evening.tuesday, "Mees", starts_on=date(2026, 12, 1))
    shown = kim.open(evening.here)
    come_in = kim.send(replace(shown.form(f"{evening.here}/klaar"), action=f"{evening.here}/onderwerp"))

    empty = kim.submit(come_in, path)
    page = kim.submit(empty, path, call_name="Jip")

    assert (empty.status, page.path) == (409, evening.here)
    assert "Deze persoon staat op de lijst van vandaag" in page.text
    page = kim.submit(kim.open(path), f"{evening.here}/terug")
    assert marks(evening) == {"Jip": "present", "Mees": "present", "Noor": "not_recorded", "Robin": "not_recorded"}
    assert "2 van 4" in page.text
    assert "Iemand die je al kent" not in kim.open(path).text


def test_the_page_asks_whether_a_name_of_before_is_somebody_else(evening: Any) -> None:
    evening.member(evening.tuesday, "Mees", starts_on=date(2026, 12, 1))
    kim, path = evening.visitor(evening.kim), f"{evening.here}/erbij"

    asked = kim.submit(kim.open(path), path, call_name="Mees")
    page = kim.submit(asked, path, call_name="Mees", is_somebody_else="1")

    assert asked.status == 409
    assert "Dit is iemand anders" in asked.text
    assert page.path == evening.here


def test_the_page_is_a_look_at_the_people_of_the_group(evening: Any) -> None:
    table = service.audit.AuditEntry

    assert evening.visitor(evening.sam).open(f"{evening.here}/erbij").status == 403
    evening.visitor(evening.kim).open(f"{evening.here}/erbij")

    (line,) = table.select().where(table.purpose == "walk_in")
    assert (line.event, line.about_kind, line.about_id) == ("read", "group_members", evening.tuesday)
