"""Everybody is there: one press for who has no mark yet, and one that takes it back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from services.meetings.commands import attendance
from services.meetings.commands.call_offs import call_off
from services.meetings.commands.groups import appoint_facilitator
from services.meetings.queries.attendance import list_attendance
from services.meetings.queries.meetings import get_meeting
from shared import clock
from shared.errors import Forbidden, NotFound
from shared.ids import new_id
from tests.meetings.actions import refused


@pytest.fixture
def evening(evening: Any) -> Any:
    """The Tuesday group at its meeting, with a third member; also led by Sam."""
    appoint_facilitator(
        evening.actor(evening.vos), group_id=evening.tuesday, staff_id=evening.sam, place="co", request_id=new_id()
    )
    evening.jip = evening.member(evening.tuesday, "Jip")
    return evening


def mark(harness: Any, membership_id: str, how: str, *, by: str = "") -> None:
    attendance.record_attendance(
        harness.actor(by or harness.kim),
        meeting_id=harness.tonight,
        membership_id=membership_id,
        mark=how,
        request_id=new_id(),
    )


def marks(harness: Any) -> dict[str, str]:
    return {line.call_name: line.mark for line in list_attendance(harness.actor(harness.kim), harness.tonight)}


def everybody(harness: Any, *membership_ids: str, request_id: str = "", **data: Any) -> datetime:
    marked_at = attendance.mark_present_together(
        harness.actor(harness.kim),
        meeting_id=harness.tonight,
        membership_ids=membership_ids or (harness.noor, harness.robin, harness.jip),
        request_id=request_id or new_id(),
        **data,
    )
    return datetime.fromisoformat(marked_at)


def undo(harness: Any, marked_at: datetime, *, by: str = "") -> None:
    attendance.undo_present_together(
        harness.actor(by or harness.kim), meeting_id=harness.tonight, marked_at=marked_at, request_id=new_id()
    )


def test_everybody_is_there_by_one_press_but_for_who_was_marked_already(evening: Any) -> None:
    mark(evening, evening.jip, "absent")

    everybody(evening, next_topic="Hulp vragen")

    assert marks(evening) == {"Jip": "absent", "Noor": "present", "Robin": "present"}
    assert get_meeting(evening.actor(evening.kim), evening.tonight).next_topic == "Hulp vragen"


def test_nobody_is_there_who_was_not_shown_without_a_mark(evening: Any) -> None:
    everybody(evening, evening.noor)

    assert marks(evening) == {"Jip": "not_recorded", "Noor": "present", "Robin": "not_recorded"}


def test_who_called_off_is_not_there_by_that_press(evening: Any) -> None:
    evening.clock_at("2026-11-24 12.00")
    call_off(
        evening.actor(evening.kim), meeting_id=evening.tonight, membership_id=evening.jip, request_id=new_id()
    )
    evening.clock_at("2026-11-24 19.36")

    everybody(evening)

    assert marks(evening)["Jip"] == "excused"


def test_that_press_is_undone_but_for_what_was_changed_since(evening: Any) -> None:
    mark(evening, evening.jip, "present")
    evening.clock_at("2026-11-24 19.40")
    marked_at = everybody(evening)
    evening.clock_at("2026-11-24 19.41")
    mark(evening, evening.robin, "present", by=evening.sam)

    undo(evening, marked_at)

    assert marks(evening) == {"Jip": "present", "Noor": "not_recorded", "Robin": "present"}


def test_a_colleague_does_not_undo_it(evening: Any) -> None:
    marked_at = everybody(evening)

    undo(evening, marked_at, by=evening.sam)

    assert set(marks(evening).values()) == {"present"}


def test_the_same_press_again_does_nothing_more(evening: Any) -> None:
    request_id = new_id()
    marked_at = everybody(evening, request_id=request_id)
    evening.clock_at("2026-11-24 19.40")
    mark(evening, evening.noor, "not_recorded")

    assert everybody(evening, request_id=request_id) == marked_at
    assert marks(evening)["Noor"] == "not_recorded"


@pytest.mark.parametrize("act", [everybody, lambda harness: undo(harness, clock.now())])
def test_neither_is_possible_before_an_hour_before_the_start(evening: Any, act: Any) -> None:
    evening.clock_at("2026-11-24 18.29")

    assert refused(lambda: act(evening)) == "attendance_too_early"


def test_only_who_leads_marks_everybody(evening: Any) -> None:
    stranger = evening.actor(evening.colleague("Mo", "facilitator"))

    with pytest.raises((Forbidden, NotFound)):
        attendance.mark_present_together(
            stranger, meeting_id=evening.tonight, membership_ids=[evening.noor], request_id=new_id()
        )
    assert marks(evening)["Noor"] == "not_recorded"


# --- the page ---


def test_the_page_offers_it_until_everybody_has_a_mark_and_offers_to_take_it_back(evening: Any) -> None:
    kim = evening.visitor(evening.kim)
    page = kim.open(evening.here)

    pressed = kim.submit(page, f"{evening.here}/iedereen", next_topic="Hulp vragen")

    assert "3 mensen staan nu op aanwezig." in pressed.text
    assert "Iedereen is er" in page.text
    assert "Iedereen is er" not in pressed.text
    assert "Hulp vragen" in pressed.html
    undone = kim.submit(pressed, f"{evening.here}/iedereen/terug")
    assert "Iedereen is er" in undone.text
    assert "staan nu op aanwezig" not in undone.text
    assert set(marks(evening).values()) == {"not_recorded"}


@pytest.mark.parametrize("moment", ["", "gisteren", "2026-11-24T18:35:00", "2026-11-24T18:35:00+00:00"])
def test_an_address_with_another_moment_takes_nothing_back(evening: Any, moment: str) -> None:
    page = evening.visitor(evening.kim).open(f"{evening.here}?samen={moment}")

    assert "Maak ongedaan" not in page.text


def test_closed_there_is_nobody_to_mark_together(evening: Any) -> None:
    attendance.close_meeting(evening.actor(evening.kim), meeting_id=evening.tonight, request_id=new_id())

    assert "Iedereen is er" not in evening.visitor(evening.kim).open(evening.here).text
