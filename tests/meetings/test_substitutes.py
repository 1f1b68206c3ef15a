"""Somebody leads one meeting in another's place: that one and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.meetings.commands import meeting_changes, substitutes
from services.meetings.commands.attendance import close_meeting, record_attendance
from services.meetings.commands.staff import change_roles
from services.meetings.queries.attendance import list_attendance
from services.meetings.queries.meeting_changes import list_unreached
from services.meetings.queries.meetings import get_meeting
from services.meetings.queries.memberships import list_members
from services.meetings.queries.substitutes import list_could_stand_in
from services.meetings.queries.today import get_today
from shared.errors import Forbidden, NotFound
from shared.ids import new_id
from tests.meetings.actions import refused


def stand_in(harness: Any, staff_id: str = "", *, by: str = "") -> str:
    return substitutes.appoint_substitute(
        harness.actor(by or harness.kim),
        meeting_id=harness.tonight,
        staff_id=staff_id or harness.sam,
        request_id=new_id(),
    )


def mark(harness: Any, by: str, meeting_id: str = "") -> str:
    return record_attendance(
        harness.actor(by),
        meeting_id=meeting_id or harness.tonight,
        membership_id=harness.noor,
        mark="present",
        request_id=new_id(),
    )


def test_who_stands_in_writes_down_who_is_there_and_presses_klaar(evening: Any) -> None:
    with pytest.raises(Forbidden):
        mark(evening, evening.sam)

    stand_in(evening)
    mark(evening, evening.sam)
    close_meeting(evening.actor(evening.sam), meeting_id=evening.tonight, request_id=new_id())

    assert evening.published("meeting_took_place")["present"] == 1
    assert [entry.call_name for entry in list_attendance(evening.actor(evening.sam), evening.tonight)] == [
        "Noor",
        "Robin",
    ]


def test_the_others_hear_who_stands_in_once(evening: Any) -> None:
    before = len(evening.events("meeting_changed"))

    stand_in(evening)
    stand_in(evening)

    assert len(evening.events("meeting_changed")) == before + 1
    assert evening.published("meeting_changed")["substitute_ids"] == [evening.sam]


def test_it_is_about_one_meeting_and_not_about_the_group(evening: Any) -> None:
    later = evening.meeting(evening.tuesday, on=date(2026, 12, 1))
    stand_in(evening)
    sam = evening.actor(evening.sam)

    evening.clock_at("2026-12-01 19.35")
    with pytest.raises(Forbidden):
        mark(evening, evening.sam, later)
    with pytest.raises(Forbidden):
        list_members(sam, evening.tuesday)
    with pytest.raises(Forbidden):
        meeting_changes.cancel_meeting(sam, meeting_id=later, request_id=new_id())


def test_who_stands_in_does_not_move_it_and_may_see_whom_to_tell(evening: Any) -> None:
    evening.clock_at("2026-11-24 12.00")
    stand_in(evening)
    sam = evening.actor(evening.sam)

    with pytest.raises(Forbidden):
        meeting_changes.cancel_meeting(sam, meeting_id=evening.tonight, request_id=new_id())
    vos = evening.actor(evening.vos)
    meeting_changes.cancel_meeting(vos, meeting_id=evening.tonight, request_id=new_id())
    assert [entry.call_name for entry in list_unreached(sam, evening.tonight)] == ["Noor", "Robin"]


def test_the_evening_stands_on_vandaag_of_who_stands_in(evening: Any) -> None:
    assert get_today(evening.actor(evening.sam)).appointments.all == []

    stand_in(evening)

    assert [entry.id for entry in get_today(evening.actor(evening.sam)).appointments.today] == [evening.tonight]
    assert get_meeting(evening.actor(evening.sam), evening.tonight).may_record


def test_who_stands_in_after_all_not_sees_no_names_any_more(evening: Any) -> None:
    stand_in(evening)

    for _ in range(2):
        substitutes.release_substitute(
            evening.actor(evening.vos), meeting_id=evening.tonight, staff_id=evening.sam, request_id=new_id()
        )

    assert evening.published("meeting_changed")["substitute_ids"] == []
    with pytest.raises(Forbidden):
        list_attendance(evening.actor(evening.sam), evening.tonight)


def test_who_is_no_facilitator_any_more_stands_in_nowhere(evening: Any) -> None:
    stand_in(evening)

    change_roles(
        evening.actor(evening.vos),
        organisation_id=evening.organisation_id,
        staff_id=evening.sam,
        roles=["intro_worker"],
        request_id=new_id(),
    )

    assert evening.published("meeting_changed")["substitute_ids"] == []
    with pytest.raises(Forbidden):
        list_attendance(evening.actor(evening.sam), evening.tonight)


def test_a_substitute_whose_pass_names_no_facilitator_sees_nobody(evening: Any) -> None:
    stand_in(evening)
    sam = evening.actor(evening.sam)
    without_role = replace(sam, grants={evening.organisation_id: sam.roles - {"facilitator"}})

    assert list_attendance(sam, evening.tonight)
    with pytest.raises(Forbidden):
        list_attendance(without_role, evening.tonight)


def test_who_could_stand_in_are_the_facilitators_who_do_not_lead_the_group(evening: Any) -> None:
    kim = evening.actor(evening.kim)
    assert list_could_stand_in(kim, evening.tonight) == [(evening.sam, "Sam")]

    stand_in(evening)

    assert list_could_stand_in(kim, evening.tonight) == []


def test_who_cannot_stand_in_is_refused(evening: Any) -> None:
    assert refused(lambda: stand_in(evening, evening.vos)) == "not_a_facilitator"
    assert refused(lambda: stand_in(evening, evening.kim)) == "already_leads"
    other = evening.colleague("Bo", "facilitator", organisation=evening.register_organisation("Het Anker"))
    assert refused(lambda: stand_in(evening, other)) == "not_a_facilitator"
    close_meeting(evening.actor(evening.kim), meeting_id=evening.tonight, request_id=new_id())
    assert refused(lambda: stand_in(evening)) == "substitute_too_late"


def test_only_who_leads_and_the_coordinator_say_who_stands_in(evening: Any) -> None:
    with pytest.raises(Forbidden):
        stand_in(evening, by=evening.sam)
    stranger = evening.colleague("Bo", "coordinator", organisation=evening.register_organisation("Het Anker"))
    with pytest.raises(NotFound):
        stand_in(evening, by=stranger)
    assert stand_in(evening, by=evening.vos) == evening.sam
