"""Who was there: when marks may be made, and numbers that add up."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.meetings.rules.attendance import (
    Attendance,
    Turnout,
    check_count_seen,
    check_headcount,
    check_mark_seen,
    check_may_close,
    check_may_record,
    check_unnamed,
    turnout,
)
from shared.errors import Refusal

STARTS_AT = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)


def test_marks_may_be_made_from_an_hour_before_the_start() -> None:
    check_may_record("planned", STARTS_AT, STARTS_AT - timedelta(hours=1))

    with pytest.raises(Refusal, match="attendance_too_early"):
        check_may_record("planned", STARTS_AT, STARTS_AT - timedelta(hours=1, seconds=1))


@pytest.mark.parametrize("state", ["planned", "not_reported", "took_place"])
def test_marks_may_be_mended_long_afterwards_also_when_the_meeting_was_closed(state: str) -> None:
    check_may_record(state, STARTS_AT, STARTS_AT + timedelta(days=40))


@pytest.mark.parametrize(
    ("state", "code"), [("cancelled", "meeting_cancelled"), ("did_not_take_place", "meeting_did_not_take_place")]
)
def test_a_meeting_that_did_not_happen_has_no_marks_and_no_closing(state: str, code: str) -> None:
    for check in (check_may_record, check_may_close):
        with pytest.raises(Refusal, match=f"^{code}$"):
            check(state, STARTS_AT, STARTS_AT + timedelta(hours=1))


def test_a_meeting_is_closed_once_and_only_after_it_began() -> None:
    check_may_close("planned", STARTS_AT, STARTS_AT)

    with pytest.raises(Refusal, match="close_too_early"):
        check_may_close("planned", STARTS_AT, STARTS_AT - timedelta(seconds=1))
    with pytest.raises(Refusal, match="meeting_already_closed"):
        check_may_close("took_place", STARTS_AT, STARTS_AT + timedelta(hours=3))


def test_the_unnamed_are_everyone_in_the_room_but_the_named() -> None:
    assert check_headcount(7, 5) == 2
    assert check_headcount(5, 5) == 0
    assert check_headcount(200, 0) == 200


@pytest.mark.parametrize(
    ("headcount", "named", "code"),
    [(-1, 0, "headcount_negative"), (4, 5, "headcount_below_named"), (201, 0, "headcount_too_high")],
)
def test_a_headcount_that_cannot_be_is_refused(headcount: int, named: int, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        check_headcount(headcount, named)


@pytest.mark.parametrize(("unnamed", "code"), [(-1, "headcount_negative"), (196, "headcount_too_high")])
def test_a_number_without_names_that_cannot_be_is_refused(unnamed: int, code: str) -> None:
    check_unnamed(195, 5)

    with pytest.raises(Refusal, match=code):
        check_unnamed(unnamed, 5)


def test_the_turnout_counts_each_mark_and_everyone_in_the_room() -> None:
    numbers = turnout(["present", "present", "excused", "absent", "not_recorded"], unnamed=3)

    assert numbers == Turnout(members=5, present=2, excused=1, absent=1, not_recorded=1, unnamed=3)
    assert numbers.people == 5


def test_what_a_colleague_marked_is_written_over_only_by_who_saw_it() -> None:
    check_mark_seen(("present",), "present", "absent")
    check_mark_seen(("present",), "not_recorded", "present")
    check_mark_seen(("present",), None, "absent")
    check_mark_seen((), "not_recorded", "absent")
    check_mark_seen(("not_recorded", "excused"), "excused", "present")

    with pytest.raises(Refusal, match="marked_meanwhile"):
        check_mark_seen(("present",), "not_recorded", "absent")


def test_a_number_that_a_colleague_gave_is_written_over_only_by_who_saw_it() -> None:
    check_count_seen(12, 12, 14)
    check_count_seen(12, 0, 12)
    check_count_seen(12, None, 14)

    with pytest.raises(Refusal, match="counted_meanwhile"):
        check_count_seen(12, 0, 14)


def test_an_unknown_mark_is_refused() -> None:
    with pytest.raises(Refusal, match="attendance_unknown"):
        turnout(["no_show"])


@given(marks=st.lists(st.sampled_from(list(Attendance))), unnamed=st.integers(0, 200))
def test_the_numbers_of_a_meeting_always_add_up(marks: list[Attendance], unnamed: int) -> None:
    numbers = turnout(marks, unnamed)

    assert (
        numbers.present + numbers.excused + numbers.absent + numbers.not_recorded == numbers.members == len(marks)
    )
    assert check_headcount(numbers.people, numbers.present) == unnamed if numbers.people <= 200 else True
