"""What intake says about sign-ups and talks, as the page of today shows it."""

from __future__ import annotations

from typing import Any

import pytest

from services.intake import events as intake
from services.meetings.queries.today import get_today
from shared.ids import new_id
from shared.messaging.envelope import EventType


def waiting(desk: Any) -> list[str]:
    return [line.call_name for line in get_today(desk.actor(desk.sam)).waiting]


def to_place(desk: Any) -> list[str]:
    return [line.call_name for line in get_today(desk.actor(desk.sam)).to_place]


def talks(desk: Any) -> list[tuple[str, str]]:
    today = get_today(desk.actor(desk.sam))
    return [(line.call_name, line.at.strftime("%H.%M")) for line in (*today.talks_over, *today.talks_today)]


def fill(desk: Any, group_id: str) -> None:
    for number in range(8):
        desk.member(group_id, f"Nummer {number}")


def test_somebody_who_signed_up_waits_until_the_sign_up_is_closed(desk: Any) -> None:
    signup_id = desk.signed_up(desk.participant("Noor"))
    desk.hear()
    assert waiting(desk) == ["Noor"]

    desk.publish(intake.SIGNUP_CLOSED, signup_id, signup_id=signup_id)
    desk.hear()

    assert waiting(desk) == []


def test_a_sign_up_that_is_said_twice_is_one_person_who_waits(desk: Any) -> None:
    person = desk.participant("Noor")
    signup_id = desk.signed_up(person)

    desk.signed_up(person, signup_id=signup_id)
    desk.hear()

    assert waiting(desk) == ["Noor"]


def test_a_sign_up_that_is_heard_after_its_end_stays_ended(desk: Any) -> None:
    signup_id = new_id()
    desk.publish(intake.SIGNUP_CLOSED, signup_id, signup_id=signup_id)
    desk.signed_up(desk.participant("Noor"), signup_id=signup_id)

    desk.hear()

    assert waiting(desk) == []


def test_a_place_that_could_not_be_given_after_all_does_not_open_a_sign_up_that_is_closed(desk: Any) -> None:
    person = desk.participant("Noor")
    signup_id = desk.signed_up(person)
    desk.publish(intake.SIGNUP_CLOSED, signup_id, signup_id=signup_id)

    desk.placed(person, desk.headcount_group(), signup_id=signup_id)
    desk.hear()

    assert (waiting(desk), to_place(desk)) == ([], [])


def test_a_talk_of_today_stands_on_the_page_at_its_newest_hour(desk: Any) -> None:
    signup_id, talk_id = desk.signed_up(desk.participant("Noor")), new_id()
    desk.talk(intake.INTRO_TALK_SCHEDULED, talk_id, signup_id)
    desk.hear()
    assert (talks(desk), waiting(desk)) == ([("Noor", "14.00")], [])

    desk.talk(intake.INTRO_TALK_MOVED, talk_id, signup_id, at="15:30")
    desk.hear()

    assert talks(desk) == [("Noor", "15.30")]


def test_a_talk_that_is_said_twice_is_one_talk(desk: Any) -> None:
    signup_id, talk_id = desk.signed_up(desk.participant("Noor")), new_id()

    desk.talk(intake.INTRO_TALK_SCHEDULED, talk_id, signup_id)
    desk.talk(intake.INTRO_TALK_SCHEDULED, talk_id, signup_id)
    desk.hear()

    assert talks(desk) == [("Noor", "14.00")]


def test_the_first_hour_of_a_talk_that_comes_late_does_not_replace_the_newer_one(desk: Any) -> None:
    signup_id, talk_id = desk.signed_up(desk.participant("Noor")), new_id()

    desk.talk(intake.INTRO_TALK_MOVED, talk_id, signup_id, at="15:30")
    desk.talk(intake.INTRO_TALK_SCHEDULED, talk_id, signup_id, at="14:00")
    desk.hear()

    assert talks(desk) == [("Noor", "15.30")]


@pytest.mark.parametrize(
    "over", [intake.INTRO_TALK_CALLED_OFF, intake.INTRO_TALK_MISSED], ids=lambda kind: kind.name
)
def test_who_had_no_talk_after_all_waits_again(desk: Any, over: EventType) -> None:
    signup_id, talk_id = desk.signed_up(desk.participant("Noor")), new_id()
    desk.talk(intake.INTRO_TALK_SCHEDULED, talk_id, signup_id)

    desk.talk(over, talk_id, signup_id)
    desk.talk(over, talk_id, signup_id)
    desk.hear()

    assert (talks(desk), waiting(desk)) == ([], ["Noor"])


def test_who_had_a_talk_is_looked_for_a_place_for(desk: Any) -> None:
    signup_id, talk_id = desk.signed_up(desk.participant("Noor")), new_id()
    desk.talk(intake.INTRO_TALK_SCHEDULED, talk_id, signup_id)

    desk.talk(intake.INTRO_TALK_HELD, talk_id, signup_id)
    desk.hear()

    assert (talks(desk), waiting(desk), to_place(desk)) == ([], [], ["Noor"])


@pytest.mark.parametrize(
    "over", [intake.INTRO_TALK_CALLED_OFF, intake.INTRO_TALK_MISSED, intake.INTRO_TALK_HELD],
    ids=lambda kind: kind.name,
)  # fmt: skip
def test_a_talk_that_is_heard_of_after_its_end_is_not_planned_again(desk: Any, over: EventType) -> None:
    signup_id, talk_id = desk.signed_up(desk.participant("Noor")), new_id()

    desk.talk(over, talk_id, signup_id)
    desk.talk(intake.INTRO_TALK_SCHEDULED, talk_id, signup_id)
    desk.hear()

    assert talks(desk) == []


def test_who_was_placed_needs_nobody_and_who_was_returned_needs_another_group(desk: Any) -> None:
    group_id, full = desk.group(), desk.group("Volle groep", overrides={"admission": "rolling", "max_size": 8})
    fill(desk, full)
    for name, where in (("Noor", group_id), ("Robin", full)):
        person = desk.participant(name)
        signup_id = desk.signed_up(person)
        desk.placed(person, where, signup_id=signup_id)

    desk.hear()

    assert (waiting(desk), to_place(desk)) == ([], ["Robin"])
