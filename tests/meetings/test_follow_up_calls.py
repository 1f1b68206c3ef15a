"""Somebody was not there: what follows at "Klaar", and what is taken back when it was otherwise."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.meetings.commands import attendance
from services.meetings.commands.follow_up_calls import close_call, lapse_calls
from services.meetings.commands.memberships import end_membership
from services.meetings.models import CallOff, FollowUpCall, Meeting, Membership
from services.meetings.queries.attendance import list_attendance
from services.meetings.queries.follow_up_calls import list_calls, preview_follow_ups
from services.meetings.queries.meetings import get_meeting
from shared import clock
from shared.errors import Forbidden, Refusal
from shared.ids import new_id

BOTH = {"admission": "rolling", "max_size": 8, "after_absence": ["message", "call"]}
YES = ("missed_you", "missed_you_call")


@pytest.fixture
def evening(harness: Any) -> Any:
    """A group in which a message and a call may follow, five minutes after it began; Noor says yes to both."""
    harness.tuesday = harness.group(overrides=BOTH)
    harness.tonight = harness.meeting(harness.tuesday)
    harness.noor, harness.robin = (harness.member(harness.tuesday, name) for name in ("Noor", "Robin"))
    harness.agrees(harness.noor, *YES)
    harness.clock_at("2026-11-24 19.35")
    return harness


def mark(harness: Any, membership_id: str, how: str, meeting_id: str = "") -> str:
    return attendance.record_attendance(
        harness.actor(harness.kim),
        meeting_id=meeting_id or harness.tonight,
        membership_id=membership_id,
        mark=how,
        request_id=new_id(),
    )


def close(harness: Any, meeting_id: str = "", **data: Any) -> str:
    values = {"meeting_id": meeting_id or harness.tonight, **data}
    return attendance.close_meeting(harness.actor(harness.kim), **values, request_id=new_id())


def missed(harness: Any) -> list[str]:
    return [str(event.data["membership_id"]) for event in harness.events("participant_absent")]


def calls(harness: Any) -> list[str]:
    return [line.call_name for line in list_calls(harness.actor(harness.kim))]


def called_off(harness: Any, membership_id: str, meeting_id: str = "") -> None:
    CallOff.create(
        id=new_id(),
        organisation=harness.organisation_id,
        meeting=meeting_id or harness.tonight,
        membership=membership_id,
        state="called_off",
        at=clock.now(),
    )


def test_nothing_is_published_before_klaar_and_everything_once_at_klaar(evening: Any) -> None:
    mark(evening, evening.noor, "absent")
    mark(evening, evening.robin, "present")
    assert (missed(evening), calls(evening)) == ([], [])

    close(evening)
    close(evening)

    assert (missed(evening), calls(evening)) == ([evening.noor], ["Noor"])
    values = evening.published("participant_absent")
    assert set(values) == {"meeting_id", "membership_id", "participant_id", "group_id", "organisation_id"}


def test_who_did_not_say_yes_is_not_called_and_whether_a_message_is_welcome_is_looked_at_when_it_goes(
    evening: Any,
) -> None:
    mark(evening, evening.robin, "absent")

    close(evening)

    assert (missed(evening), calls(evening)) == ([evening.robin], [])


@pytest.mark.parametrize("after_absence", [[], ["call"], ["message"]])
def test_the_rule_of_the_group_says_what_follows(harness: Any, after_absence: list[str]) -> None:
    group = harness.group(overrides={**BOTH, "after_absence": after_absence})
    harness.tonight, member = harness.meeting(group), harness.member(group)
    harness.agrees(member, *YES)
    harness.clock_at("2026-11-24 20.00")
    mark(harness, member, "absent")

    close(harness)

    assert (len(missed(harness)), len(calls(harness))) == (
        int("message" in after_absence),
        int("call" in after_absence),
    )


def test_what_follows_is_shown_beforehand_to_who_leads_the_group(evening: Any) -> None:
    mark(evening, evening.noor, "absent")
    mark(evening, evening.robin, "absent")

    shown = preview_follow_ups(evening.actor(evening.kim), evening.tonight)

    assert [(line.call_name, line.message, line.call) for line in shown.previews] == [
        ("Noor", True, True),
        ("Robin", False, False),
    ]
    with pytest.raises(Forbidden):
        preview_follow_ups(evening.actor(evening.vos), evening.tonight)


def test_klaar_waits_when_something_else_follows_than_was_shown(evening: Any) -> None:
    shown = preview_follow_ups(evening.actor(evening.kim), evening.tonight).stamp
    mark(evening, evening.noor, "absent")

    with pytest.raises(Refusal, match="follow_ups_changed"):
        close(evening, shown=shown)
    assert missed(evening) == []
    close(evening, shown=preview_follow_ups(evening.actor(evening.kim), evening.tonight).stamp)

    assert missed(evening) == [evening.noor]


def test_klaar_does_not_wait_for_somebody_about_whom_nothing_follows(evening: Any) -> None:
    shown = preview_follow_ups(evening.actor(evening.kim), evening.tonight).stamp
    mark(evening, evening.robin, "absent")

    close(evening, shown=shown)

    assert get_meeting(evening.actor(evening.kim), evening.tonight).summary.state == "took_place"


def test_a_meeting_that_is_closed_more_than_a_week_late_is_followed_by_nothing(evening: Any) -> None:
    mark(evening, evening.noor, "absent")
    evening.clock_at("2026-12-02 09.00")

    close(evening)

    assert (missed(evening), calls(evening)) == ([], [])
    assert get_meeting(evening.actor(evening.kim), evening.tonight).summary.turnout.absent == 1


# --- calling off ---


def test_who_called_off_is_shown_as_such_and_counted_as_excused(evening: Any) -> None:
    called_off(evening, evening.noor)

    (noor, robin) = list_attendance(evening.actor(evening.kim), evening.tonight)
    close(evening)

    assert (noor.mark, robin.mark) == ("excused", "not_recorded")
    assert noor.called_off_at is not None
    assert robin.called_off_at is None
    assert get_meeting(evening.actor(evening.kim), evening.tonight).summary.turnout.excused == 1
    assert (missed(evening), calls(evening)) == ([], [])


def test_who_called_off_and_came_after_all_was_there(evening: Any) -> None:
    called_off(evening, evening.noor)
    mark(evening, evening.noor, "present")

    close(evening)

    assert get_meeting(evening.actor(evening.kim), evening.tonight).summary.turnout.present == 1


def test_who_called_off_gets_nothing_also_when_they_were_marked_as_missed(evening: Any) -> None:
    called_off(evening, evening.noor)
    mark(evening, evening.noor, "absent")

    close(evening)

    assert (missed(evening), calls(evening)) == ([], [])


def test_somebody_who_calls_off_while_the_page_is_open_and_comes_is_marked_without_a_question(
    evening: Any,
) -> None:
    called_off(evening, evening.noor)

    attendance.record_attendance(
        evening.actor(evening.kim),
        meeting_id=evening.tonight,
        membership_id=evening.noor,
        mark="present",
        seen="not_recorded",
        request_id=new_id(),
    )

    assert list_attendance(evening.actor(evening.kim), evening.tonight)[0].mark == "present"


def test_a_call_off_that_was_taken_back_counts_for_nothing(evening: Any) -> None:
    called_off(evening, evening.noor)
    CallOff.update(state="taken_back").execute()

    noor, _ = list_attendance(evening.actor(evening.kim), evening.tonight)

    assert (noor.mark, noor.called_off_at) == ("not_recorded", None)


# --- corrections ---


def corrected(harness: Any) -> list[tuple[str, str]]:
    return [
        (str(entry.data["membership_id"]), str(entry.data["mark"]))
        for entry in harness.events("attendance_corrected")
    ]


def test_a_correction_takes_back_what_followed(evening: Any) -> None:
    mark(evening, evening.noor, "absent")
    close(evening)

    mark(evening, evening.noor, "present")

    assert corrected(evening) == [(evening.noor, "present")]
    assert calls(evening) == []
    now = get_meeting(evening.actor(evening.kim), evening.tonight).summary.turnout
    assert (now.present, now.absent) == (1, 0)


def test_a_correction_to_missed_is_published_as_an_absence_and_followed_as_at_klaar(evening: Any) -> None:
    close(evening)

    mark(evening, evening.noor, "absent")

    names = [event.type.split(".")[3] for event in evening.events() if evening.noor in event.subject]
    assert names == ["membership_changed", "participant_absent"]
    assert calls(evening) == ["Noor"]


def test_back_and_forth_ends_as_it_was_left_and_the_same_mark_again_is_no_correction(evening: Any) -> None:
    mark(evening, evening.noor, "absent")
    close(evening)
    for how in ("present", "absent", "absent", "excused", "absent"):
        mark(evening, evening.noor, how)

    assert [how for _, how in corrected(evening)] == ["present", "excused"]
    assert missed(evening) == [evening.noor] * 3
    assert calls(evening) == ["Noor"]
    assert FollowUpCall.select().count() == 1


def test_a_correction_before_klaar_is_none(evening: Any) -> None:
    mark(evening, evening.noor, "absent")
    mark(evening, evening.noor, "present")
    close(evening)

    assert corrected(evening) == []


def test_a_call_that_was_made_is_not_asked_for_again_by_a_correction(evening: Any) -> None:
    mark(evening, evening.noor, "absent")
    close(evening)
    (line,) = list_calls(evening.actor(evening.kim))
    close_call(evening.actor(evening.kim), call_id=line.id, reason="travel", request_id=new_id())

    mark(evening, evening.noor, "excused")
    mark(evening, evening.noor, "absent")

    assert calls(evening) == []
    assert FollowUpCall.get().state == "closed"


def test_a_correction_of_long_ago_is_followed_by_nothing(evening: Any) -> None:
    close(evening)
    evening.clock_at("2027-01-05 09.00")

    mark(evening, evening.noor, "absent")

    assert corrected(evening) == [(evening.noor, "absent")]
    assert (missed(evening), calls(evening)) == ([], [])


# --- what ends a call ---


def test_somebody_who_is_there_again_needs_no_call(evening: Any) -> None:
    mark(evening, evening.noor, "absent")
    close(evening)
    evening.clock_at("2026-11-25 10.00")
    thursday = evening.meeting(evening.tuesday, on=date(2026, 11, 26))
    evening.clock_at("2026-11-26 21.00")

    mark(evening, evening.noor, "present", thursday)
    assert calls(evening) == ["Noor"]
    close(evening, thursday)

    assert calls(evening) == []


def test_who_misses_two_meetings_is_called_once_about_the_last(evening: Any) -> None:
    thursday = evening.meeting(evening.tuesday, on=date(2026, 11, 26))
    evening.clock_at("2026-11-26 21.00")
    mark(evening, evening.noor, "absent", thursday)
    close(evening, thursday)
    mark(evening, evening.noor, "absent")

    close(evening)

    (line,) = list_calls(evening.actor(evening.kim))
    assert line.met_on == date(2026, 11, 26)


def test_about_an_older_meeting_nothing_follows_for_who_was_at_a_later_one(evening: Any) -> None:
    thursday = evening.meeting(evening.tuesday, on=date(2026, 11, 26))
    evening.clock_at("2026-11-26 21.00")
    mark(evening, evening.noor, "present", thursday)
    close(evening, thursday)
    mark(evening, evening.noor, "absent")

    close(evening)

    assert (missed(evening), calls(evening)) == ([], [])


def test_a_farewell_a_withdrawn_yes_and_a_week_of_silence_each_end_a_call(evening: Any) -> None:
    jip = evening.member(evening.tuesday, "Jip")
    for member in (evening.noor, evening.robin, jip):
        evening.agrees(member, *YES)
        mark(evening, member, "absent")
    close(evening)
    assert calls(evening) == ["Jip", "Noor", "Robin"]

    end_membership(evening.actor(evening.kim), membership_id=evening.noor, reason="stopped", request_id=new_id())
    evening.agrees(evening.robin, "missed_you")
    assert calls(evening) == ["Jip"]
    evening.clock_at("2026-12-01 19.34")
    lapse_calls()
    assert calls(evening) == ["Jip"]
    evening.clock_at("2026-12-01 19.36")

    assert calls(evening) == []
    lapse_calls()
    states = {row.membership_id: row.state for row in FollowUpCall.select()}
    assert states == {evening.noor: "withdrawn", evening.robin: "withdrawn", jip: "lapsed"}


def test_who_left_before_klaar_gets_nothing(evening: Any) -> None:
    mark(evening, evening.noor, "absent")
    end_membership(evening.actor(evening.kim), membership_id=evening.noor, reason="stopped", request_id=new_id())

    close(evening)

    assert (missed(evening), calls(evening)) == ([], [])


def test_a_group_without_names_asks_after_nobody(harness: Any) -> None:
    harness.tonight = harness.meeting(harness.headcount_group())
    harness.clock_at("2026-11-24 20.00")

    close(harness, shown=preview_follow_ups(harness.actor(harness.kim), harness.tonight).stamp)

    assert missed(harness) == []
    assert Membership.select().count() == 0
    assert Meeting.get_by_id(harness.tonight).state == "took_place"
