"""Who was there: every tap counts, the last one wins, and after "Klaar" the numbers stand."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest

from services.meetings.commands import attendance, closing
from services.meetings.commands.groups import appoint_facilitator
from services.meetings.commands.memberships import end_membership
from services.meetings.models import Meeting, service
from services.meetings.queries.attendance import list_attendance
from services.meetings.queries.meetings import get_meeting
from shared.errors import Forbidden, NotFound
from shared.ids import new_id
from tests.meetings.actions import refused


@pytest.fixture
def evening(harness: Any) -> Any:
    """The Tuesday group at half past seven, with three members; also led by Sam."""
    harness.tuesday = harness.group()
    appoint_facilitator(
        harness.actor(harness.vos), group_id=harness.tuesday, staff_id=harness.sam, place="co", request_id=new_id()
    )
    harness.tonight = harness.meeting(harness.tuesday)
    harness.noor, harness.robin, harness.jip = (
        harness.member(harness.tuesday, name) for name in ("Noor", "Robin", "Jip")
    )
    harness.clock_at("2026-11-24 19.35")
    return harness


def mark(harness: Any, membership_id: str, how: str, *, by: str = "", request_id: str = "") -> str:
    return attendance.record_attendance(
        harness.actor(by or harness.kim),
        meeting_id=harness.tonight,
        membership_id=membership_id,
        mark=how,
        request_id=request_id or new_id(),
    )


def close(harness: Any, **data: Any) -> str:
    return attendance.close_meeting(
        harness.actor(harness.kim), meeting_id=harness.tonight, **data, request_id=new_id()
    )


def not_held(harness: Any) -> str:
    return closing.report_not_held(harness.actor(harness.kim), meeting_id=harness.tonight, request_id=new_id())


def marks(harness: Any) -> dict[str, str]:
    return {line.call_name: line.mark for line in list_attendance(harness.actor(harness.kim), harness.tonight)}


def turnout(harness: Any) -> Any:
    return get_meeting(harness.actor(harness.kim), harness.tonight).summary.turnout


def test_the_last_tap_wins_and_wiping_it_leaves_nothing(evening: Any) -> None:
    mark(evening, evening.noor, "absent")
    mark(evening, evening.noor, "present")
    mark(evening, evening.robin, "excused")
    mark(evening, evening.robin, "not_recorded")

    assert marks(evening) == {"Jip": "not_recorded", "Noor": "present", "Robin": "not_recorded"}


def test_a_tap_that_is_sent_again_does_not_undo_a_later_one(evening: Any) -> None:
    first = new_id()
    mark(evening, evening.noor, "absent", request_id=first)
    mark(evening, evening.noor, "present")

    mark(evening, evening.noor, "absent", request_id=first)

    assert marks(evening)["Noor"] == "present"


def test_two_facilitators_who_tap_at_once_lose_nothing(evening: Any) -> None:
    people = [evening.member(evening.tuesday, f"Nummer {number}") for number in range(5)]
    failed: list[BaseException] = []

    def tap(by: str, how: str) -> None:
        try:
            for membership_id in people if how == "present" else reversed(people):
                mark(evening, membership_id, how, by=by)
        except BaseException as error:
            failed.append(error)
        finally:
            service.database.close()

    both = [
        threading.Thread(target=tap, args=args) for args in ((evening.kim, "present"), (evening.sam, "excused"))
    ]
    for entry in both:
        entry.start()
    for entry in both:
        entry.join()

    assert failed == []
    tapped = [how for name, how in marks(evening).items() if name.startswith("Nummer")]
    assert len(tapped) == 5
    assert set(tapped) <= {"present", "excused"}


def test_only_who_leads_the_group_marks_and_sees_who_was_there(evening: Any) -> None:
    for staff_id in (evening.vos, evening.colleague("Bo", "facilitator", "coordinator")):
        with pytest.raises(Forbidden):
            mark(evening, evening.noor, "present", by=staff_id)
        with pytest.raises(Forbidden):
            list_attendance(evening.actor(staff_id), evening.tonight)


def test_for_another_organisation_the_meeting_does_not_exist(evening: Any) -> None:
    other = evening.register_organisation("Het Anker")
    stranger = evening.colleague("Bo", "facilitator", "coordinator", "manager", organisation=other)

    for asked in (
        lambda: mark(evening, evening.noor, "present", by=stranger),
        lambda: list_attendance(evening.actor(stranger), evening.tonight),
        lambda: get_meeting(evening.actor(stranger), evening.tonight),
        lambda: attendance.close_meeting(evening.actor(stranger), meeting_id=evening.tonight, request_id=new_id()),
    ):
        with pytest.raises(NotFound):
            asked()


def test_nobody_is_marked_before_it_is_nearly_time(evening: Any) -> None:
    evening.clock_at("2026-11-24 18.29")

    assert refused(lambda: mark(evening, evening.noor, "present")) == "attendance_too_early"
    evening.clock_at("2026-11-24 18.31")
    assert mark(evening, evening.noor, "present") == "present"


def test_a_mark_that_does_not_exist_and_somebody_of_another_group_are_refused(evening: Any) -> None:
    other = evening.member(evening.group("Donderdaggroep"), "Vos")

    assert refused(lambda: mark(evening, evening.noor, "dronken")) == "attendance_unknown"
    assert refused(lambda: mark(evening, other, "present")) == "not_a_member"
    assert refused(lambda: mark(evening, new_id(), "present")) == "not_a_member"


def test_who_left_is_not_asked_about_at_later_meetings_and_stays_at_earlier_ones(evening: Any) -> None:
    mark(evening, evening.noor, "present")
    next_week = evening.meeting(evening.tuesday, on=date(2026, 12, 1))

    end_membership(evening.actor(evening.kim), membership_id=evening.noor, reason="farewell", request_id=new_id())

    assert marks(evening)["Noor"] == "present"
    later = list_attendance(evening.actor(evening.kim), next_week)
    assert [line.call_name for line in later] == ["Jip", "Robin"]


# --- people without a name ---


def count(harness: Any, **data: Any) -> int:
    return attendance.set_headcount(
        harness.actor(harness.kim), meeting_id=harness.tonight, **data, request_id=new_id()
    )


def test_people_without_a_name_are_counted_beside_those_with_one(evening: Any) -> None:
    mark(evening, evening.noor, "present")

    assert count(evening, unnamed=2) == 2
    assert count(evening, headcount=4) == 3
    close(evening)

    assert (turnout(evening).present, turnout(evening).unnamed, turnout(evening).people) == (1, 3, 4)


def test_a_headcount_below_those_with_a_name_is_refused(evening: Any) -> None:
    mark(evening, evening.noor, "present")
    mark(evening, evening.robin, "present")

    assert refused(lambda: count(evening, headcount=1)) == "headcount_below_named"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"unnamed": -1}, "headcount_negative"),
        ({"headcount": 5000}, "headcount_too_high"),
        ({}, "headcount_missing"),
        ({"unnamed": 1, "headcount": 1}, "headcount_missing"),
    ],
)
def test_a_number_that_cannot_be_is_refused(evening: Any, data: dict[str, int], code: str) -> None:
    assert refused(lambda: count(evening, **data)) == code


def test_a_group_that_keeps_no_names_only_counts(harness: Any) -> None:
    harness.tonight = harness.meeting(harness.headcount_group())
    harness.clock_at("2026-11-24 20.00")

    count(harness, headcount=17)
    close(harness)

    assert harness.published("meeting_took_place")["unnamed"] == 17
    assert list_attendance(harness.actor(harness.kim), harness.tonight) == []


# --- Klaar ---


def test_klaar_freezes_the_numbers_and_publishes_them_once(evening: Any) -> None:
    mark(evening, evening.noor, "present")
    mark(evening, evening.robin, "absent")
    count(evening, unnamed=1)

    close(evening)
    close(evening)

    (values,) = evening.events("meeting_took_place")
    assert {name: values.data[name] for name in ("present", "excused", "absent", "unnamed")} == {
        "present": 1,
        "excused": 0,
        "absent": 1,
        "unnamed": 1,
    }
    assert (values.data["state"], values.data["before"]["state"]) == ("took_place", "planned")
    assert turnout(evening).not_recorded == 1


def test_klaar_waits_for_the_beginning(evening: Any) -> None:
    evening.clock_at("2026-11-24 19.00")

    assert refused(lambda: close(evening)) == "close_too_early"
    assert evening.events("meeting_took_place") == []


def test_a_correction_after_klaar_moves_the_frozen_numbers(evening: Any) -> None:
    mark(evening, evening.noor, "absent")
    close(evening)

    mark(evening, evening.noor, "present")
    mark(evening, evening.jip, "excused")
    count(evening, unnamed=2)

    now = turnout(evening)
    assert (now.members, now.present, now.excused, now.absent, now.not_recorded) == (3, 1, 1, 0, 1)
    assert now.unnamed == 2
    assert len(evening.events("meeting_took_place")) == 1


def test_somebody_who_was_placed_late_and_was_there_is_added_to_the_frozen_numbers(evening: Any) -> None:
    close(evening)
    late = evening.member(evening.tuesday, "Laat")

    mark(evening, late, "present")

    assert (turnout(evening).members, turnout(evening).present) == (4, 1)


def test_the_topic_of_next_time_stands_at_the_next_meeting_and_may_change(evening: Any) -> None:
    next_week = evening.meeting(evening.tuesday, on=date(2026, 12, 1))

    close(evening, next_topic="hulp vragen")
    close(evening, next_topic=" grenzen ")

    assert get_meeting(evening.actor(evening.kim), next_week).topic == "grenzen"
    assert refused(lambda: close(evening, next_topic="x" * 81)) == "next_topic_too_long"


def test_a_meeting_that_did_not_take_place_keeps_no_marks_and_takes_none(evening: Any) -> None:
    mark(evening, evening.noor, "present")
    not_held(evening)
    not_held(evening)

    assert evening.published("meeting_changed")["state"] == "did_not_take_place"
    assert set(marks(evening).values()) == {"not_recorded"}
    assert refused(lambda: mark(evening, evening.noor, "present")) == "meeting_did_not_take_place"
    assert refused(lambda: close(evening)) == "meeting_did_not_take_place"


def test_a_meeting_that_took_place_cannot_be_said_not_to_have(evening: Any) -> None:
    close(evening)

    assert refused(lambda: not_held(evening)) == "meeting_already_closed"


def test_a_meeting_that_was_cancelled_takes_no_marks(evening: Any) -> None:
    Meeting.update(state="cancelled").where(Meeting.id == evening.tonight).execute()

    assert refused(lambda: mark(evening, evening.noor, "present")) == "meeting_cancelled"
    assert refused(lambda: close(evening)) == "meeting_cancelled"


def test_coordinators_see_numbers_only_once_it_is_closed_and_colleagues_see_none(evening: Any) -> None:
    mark(evening, evening.noor, "present")
    seen_before = get_meeting(evening.actor(evening.vos), evening.tonight).summary.turnout

    close(evening)

    assert seen_before is None
    assert get_meeting(evening.actor(evening.vos), evening.tonight).summary.turnout.present == 1
    messenger = evening.actor(evening.colleague("Bo", "messenger"))
    assert get_meeting(messenger, evening.tonight).summary.turnout is None


def test_two_members_who_are_called_alike_have_a_number_wherever_they_stand(harness: Any) -> None:
    group_id = harness.group()
    members = [harness.member(group_id, name) for name in ("Noor", "Mees", "noor")]
    meeting_id = harness.meeting(group_id)
    harness.clock_at("2026-11-24 19.35")
    kim = harness.visitor(harness.kim)

    on_list = {
        person.membership_id: person.call_name
        for person in list_attendance(harness.actor(harness.kim), meeting_id)
    }
    cancelled = kim.open(f"/bijeenkomsten/{meeting_id}/afmeldingen")

    assert [on_list[member] for member in members] == ["Noor (1)", "Mees", "noor (2)"]
    assert "Noor (1)" in cancelled.text
    assert "noor (2)" in cancelled.text
