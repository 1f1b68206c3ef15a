"""Two facilitators at once: nobody's marks are lost, and each sees what the other taps."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from services.meetings.commands import attendance
from services.meetings.commands.groups import appoint_facilitator
from services.meetings.commands.walk_ins import register_walk_in
from services.meetings.models import Meeting, Membership, service
from services.meetings.queries.attendance import list_attendance
from services.meetings.queries.meetings import get_meeting
from shared.errors import Refusal
from shared.ids import new_id
from tests.meetings.actions import at_once


@pytest.fixture
def evening(evening: Any) -> Any:
    """The Tuesday group at its meeting, led by Kim and Sam; Noor and Robin may be called and written to."""
    appoint_facilitator(
        evening.actor(evening.vos), group_id=evening.tuesday, staff_id=evening.sam, place="co", request_id=new_id()
    )
    for member in (evening.noor, evening.robin):
        evening.agrees(member, "missed_you", "missed_you_call")
    return evening


def mark(harness: Any, membership_id: str, how: str, *, by: str = "", seen: str | None = None) -> str:
    return attendance.record_attendance(
        harness.actor(by or harness.kim),
        meeting_id=harness.tonight,
        membership_id=membership_id,
        mark=how,
        seen=seen,
        request_id=new_id(),
    )


def count(harness: Any, *, by: str = "", **data: Any) -> int:
    return attendance.set_headcount(
        harness.actor(by or harness.kim), meeting_id=harness.tonight, **data, request_id=new_id()
    )


def marks(harness: Any) -> dict[str, str]:
    return {entry.call_name: entry.mark for entry in list_attendance(harness.actor(harness.kim), harness.tonight)}


# --- at the same moment, on a real store ---


def test_of_two_who_count_at_once_each_counts(evening: Any) -> None:
    def ten_steps(by: str) -> None:
        for _ in range(10):
            count(evening, by=by, step=1)

    assert at_once(lambda: ten_steps(evening.kim), lambda: ten_steps(evening.sam)) == []

    assert get_meeting(evening.actor(evening.kim), evening.tonight).unnamed == 20


def test_each_marks_another_and_both_marks_stand(evening: Any) -> None:
    assert (
        at_once(
            lambda: mark(evening, evening.noor, "present", by=evening.kim, seen="not_recorded"),
            lambda: mark(evening, evening.robin, "excused", by=evening.sam, seen="not_recorded"),
            lambda: count(evening, by=evening.sam, step=1),
        )
        == []
    )

    assert marks(evening) == {"Noor": "present", "Robin": "excused"}
    assert get_meeting(evening.actor(evening.kim), evening.tonight).unnamed == 1


def test_both_mark_the_same_person_at_once_and_one_of_them_is_informed(evening: Any) -> None:
    refused = at_once(
        lambda: mark(evening, evening.noor, "present", by=evening.kim, seen="not_recorded"),
        lambda: mark(evening, evening.noor, "absent", by=evening.sam, seen="not_recorded"),
    )

    assert refused == ["marked_meanwhile"]
    assert marks(evening)["Noor"] in ("present", "absent")


def test_both_press_klaar_at_once_and_it_is_published_once(evening: Any) -> None:
    mark(evening, evening.noor, "absent")

    refused = at_once(
        *(
            lambda by=by: attendance.close_meeting(
                evening.actor(by), meeting_id=evening.tonight, request_id=new_id()
            )
            for by in (evening.kim, evening.sam)
        )
    )

    assert refused == []
    assert len(evening.events("meeting_took_place")) == 1


@pytest.mark.parametrize("round", range(4))
def test_klaar_and_a_tap_at_once_lose_neither_and_the_numbers_add_up(evening: Any, round: int) -> None:
    assert (
        at_once(
            lambda: attendance.close_meeting(
                evening.actor(evening.kim), meeting_id=evening.tonight, request_id=new_id()
            ),
            lambda: mark(evening, evening.noor, "absent", by=evening.sam),
            lambda: register_walk_in(
                evening.actor(evening.sam), meeting_id=evening.tonight, call_name="Jip", request_id=new_id()
            ),
            lambda: count(evening, by=evening.sam, step=1),
        )
        == []
    )

    turnout = get_meeting(evening.actor(evening.kim), evening.tonight).summary.turnout
    assert (turnout.members, turnout.present, turnout.absent, turnout.not_recorded) == (3, 1, 1, 1)
    assert turnout.unnamed == Meeting.get_by_id(evening.tonight).headcount_unnamed == 1


def test_both_write_down_the_same_walk_in_and_it_is_one_person(evening: Any) -> None:
    refused = at_once(
        *(
            lambda by=by: register_walk_in(
                evening.actor(by), meeting_id=evening.tonight, call_name="Jip", request_id=new_id()
            )
            for by in (evening.kim, evening.sam)
        )
    )

    assert refused == ["walk_in_is_here"]
    assert Membership.select().count() == 3
    assert len(evening.events("walk_in_registered")) == 1


# --- one after the other, with an older page ---


def test_a_colleagues_mark_is_not_wiped_by_somebody_who_did_not_see_it(evening: Any) -> None:
    mark(evening, evening.noor, "present", by=evening.sam)

    with pytest.raises(Refusal, match="marked_meanwhile"):
        mark(evening, evening.noor, "absent", seen="not_recorded")
    assert marks(evening)["Noor"] == "present"
    mark(evening, evening.noor, "absent", seen="present")

    assert marks(evening)["Noor"] == "absent"


def test_ones_own_mark_and_the_same_mark_are_never_in_the_way(evening: Any) -> None:
    mark(evening, evening.noor, "present", seen="not_recorded")
    mark(evening, evening.noor, "excused", seen="not_recorded")

    mark(evening, evening.noor, "excused", seen="not_recorded", by=evening.sam)

    assert marks(evening)["Noor"] == "excused"


def test_a_headcount_over_one_that_was_not_seen_is_asked_about(harness: Any) -> None:
    harness.tonight = harness.meeting(harness.headcount_group())
    harness.clock_at("2026-11-24 20.00")
    count(harness, headcount=12, seen=0)

    with pytest.raises(Refusal, match="counted_meanwhile") as refusal:
        count(harness, headcount=14, seen=0)

    assert refusal.value.facts["now"] == 12
    assert count(harness, headcount=12, seen=0) == 12
    assert count(harness, headcount=14, seen=12) == 14


# --- what the pages show ---


def status(person: Any, harness: Any, etag: str = "") -> Any:
    return person.client.get(f"{harness.here}/stand", headers={"If-None-Match": etag} if etag else {})


def test_a_page_that_is_open_shows_what_the_other_taps_and_nothing_when_nothing_changed(evening: Any) -> None:
    kim, sam = evening.visitor(evening.kim), evening.visitor(evening.sam)
    first = status(kim, evening)
    assert first.json["marks"] == {evening.noor: "not_recorded", evening.robin: "not_recorded"}
    assert status(kim, evening, first.headers["ETag"]).status_code == 304

    sam.tap(f"{evening.here}/wie", membership_id=evening.noor, mark="absent", seen="not_recorded")
    sam.tap(f"{evening.here}/zonder-naam", step="1")
    second = status(kim, evening, first.headers["ETag"])

    assert second.status_code == 200
    assert (second.json["marks"][evening.noor], second.json["unnamed"]) == ("absent", 1)
    assert "Noor" in second.json["followUps"]
    assert "een vriendelijk bericht" not in second.json["followUps"]
    assert "een plek op de bellijst" in second.json["followUps"]


def test_only_who_leads_the_group_sees_how_it_stands_and_each_answer_with_people_is_a_look(evening: Any) -> None:
    table = service.audit.AuditEntry
    seen = table.select().where(table.about_kind == "attendance", table.event == "read")
    kim = evening.visitor(evening.kim)

    etag = status(kim, evening).headers["ETag"]
    status(kim, evening, etag)
    other = evening.visitor(evening.colleague("Bo", "facilitator"))

    assert seen.count() == 1
    assert status(other, evening).status_code == 403
    assert status(evening.visitor(evening.vos), evening).status_code == 403


def test_without_a_script_an_older_page_shows_what_the_colleague_tapped(evening: Any) -> None:
    kim, sam = evening.visitor(evening.kim), evening.visitor(evening.sam)
    older = kim.open(evening.here)
    sam.tap(f"{evening.here}/wie", membership_id=evening.noor, mark="present", seen="not_recorded")

    page = kim.submit(older, f"{evening.here}/wie", membership_id=evening.noor, mark="absent")

    assert page.status == 409
    assert "Een collega tikte intussen iets anders aan" in page.text
    page = kim.submit(page, f"{evening.here}/wie", membership_id=evening.noor, mark="absent", seen="present")
    assert page.status == 200
    assert marks(evening)["Noor"] == "absent"


def test_klaar_on_an_older_page_first_shows_what_would_follow(evening: Any) -> None:
    kim, sam = evening.visitor(evening.kim), evening.visitor(evening.sam)
    older = kim.open(evening.here)
    sam.tap(f"{evening.here}/wie", membership_id=evening.noor, mark="absent")

    page = kim.submit(older, f"{evening.here}/klaar", next_topic="grenzen")

    assert page.status == 409
    assert "Er veranderde net nog iets" in page.text
    assert re.search("Noor ?: een plek op de bellijst", page.text)
    assert page.form(f"{evening.here}/klaar").fields["next_topic"] == ["grenzen"]
    page = kim.submit(page, f"{evening.here}/klaar", unmarked="not_recorded")
    assert "Afgerond: 0 aanwezig, 0 afgemeld, 1 gemist" in page.text


def test_a_tap_by_script_over_a_mark_that_was_not_seen_is_refused_with_words(evening: Any) -> None:
    evening.visitor(evening.sam).tap(f"{evening.here}/wie", membership_id=evening.noor, mark="present")

    answer = evening.visitor(evening.kim).tap(
        f"{evening.here}/wie", membership_id=evening.noor, mark="absent", seen="not_recorded"
    )

    problem = json.loads(answer.data)
    assert (answer.status_code, problem["code"]) == (409, "marked_meanwhile")
    assert "Een collega" in problem["detail"]
