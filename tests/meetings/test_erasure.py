"""Somebody is forgotten: their name and their marks go, and the numbers of every evening stay what they were."""

from __future__ import annotations

from typing import Any

import pytest

from services.intake import events as intake
from services.meetings.app import jobs
from services.meetings.commands import attendance
from services.meetings.commands.erasure import PERSONAL_DATA
from services.meetings.models import Attendance, Meeting, Membership, Participant, Undelivered, service
from services.meetings.queries.attendance import list_attendance
from services.meetings.queries.meetings import get_meeting
from services.notifications import events as notifications
from shared.errors import Refusal
from shared.ids import new_id


@pytest.fixture
def evening(harness: Any) -> Any:
    """The Tuesday group with Noor and Robin; Noor was there."""
    harness.tuesday = harness.group()
    harness.tonight = harness.meeting(harness.tuesday)
    harness.noor, harness.robin = (harness.member(harness.tuesday, name) for name in ("Noor", "Robin"))
    harness.noor_id = Membership.get_by_id(harness.noor).participant_id
    harness.clock_at("2026-11-24 19.35")
    mark(harness, harness.noor, "present")
    return harness


def mark(harness: Any, membership_id: str, how: str) -> None:
    attendance.record_attendance(
        harness.actor(harness.kim),
        meeting_id=harness.tonight,
        membership_id=membership_id,
        mark=how,
        request_id=new_id(),
    )


def close(harness: Any) -> None:
    attendance.close_meeting(harness.actor(harness.kim), meeting_id=harness.tonight, request_id=new_id())


def forget(harness: Any) -> None:
    harness.publish(intake.ERASURE_REQUESTED, harness.noor_id, participant_id=harness.noor_id)
    harness.consume()


def turnout(harness: Any) -> Any:
    return get_meeting(harness.actor(harness.kim), harness.tonight).summary.turnout


def test_the_frozen_numbers_stay_and_who_it_was_does_not(evening: Any) -> None:
    close(evening)
    before = turnout(evening)

    forget(evening)

    assert turnout(evening) == before
    assert [line.call_name for line in list_attendance(evening.actor(evening.kim), evening.tonight)] == ["Robin"]
    assert Attendance.select().where(Attendance.membership == evening.noor).count() == 0


def test_a_correction_afterwards_moves_the_numbers_from_where_they_were(evening: Any) -> None:
    close(evening)
    forget(evening)

    mark(evening, evening.robin, "present")

    assert (turnout(evening).members, turnout(evening).present) == (2, 2)


def test_a_meeting_that_is_closed_later_counts_who_is_left(evening: Any) -> None:
    forget(evening)

    close(evening)

    assert (turnout(evening).members, turnout(evening).present) == (1, 0)


def test_who_still_had_the_page_open_is_told_kindly(evening: Any) -> None:
    forget(evening)

    with pytest.raises(Refusal) as refused:
        mark(evening, evening.noor, "absent")

    assert refused.value.code == "not_a_member"
    assert evening.visitor(evening.kim).open(f"/bijeenkomsten/{evening.tonight}").status == 200


def test_nothing_of_the_person_is_left_and_it_is_published_once_the_files_are_clean(evening: Any) -> None:
    forget(evening)
    [job] = [entry for entry in jobs(evening.settings, {}) if entry.name == "erasure"]

    assert job.step()
    assert not job.step()

    for table in PERSONAL_DATA.tables:
        rows = PERSONAL_DATA.rows(table, {evening.noor_id, evening.noor})
        assert rows is None or not table.select().where(rows).exists(), table
    [published] = evening.events("erasure_completed")
    assert published.data["participant_id"] == evening.noor_id
    assert Participant.select().count() == 1
    [counted] = service.erasures.ErasedCount.select()
    assert (counted.kind, counted.count) == ("memberships", 1)


def test_a_place_that_was_given_just_before_and_comes_late_makes_nobody_a_member(evening: Any) -> None:
    forget(evening)

    evening.placed(evening.noor_id, evening.tuesday)
    evening.consume()

    assert Membership.select().where(Membership.participant_id == evening.noor_id).count() == 0
    assert Meeting.select().count() == 1


def test_what_comes_late_about_something_of_theirs_and_does_not_name_them_leaves_nothing(evening: Any) -> None:
    forget(evening)

    evening.publish(
        notifications.MEMBER_DELIVERY_CHANGED,
        evening.noor,
        membership_id=evening.noor,
        meeting_id=evening.tonight,
        message_id=new_id(),
        cause="address",
    )
    evening.consume()

    assert Undelivered.select().count() == 0
    assert evening.dead_letters() == []
