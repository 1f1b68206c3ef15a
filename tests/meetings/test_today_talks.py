"""What intake publishes about sign-ups and talks, as the page of today shows it."""

from __future__ import annotations

from typing import Any

import pytest

from services.intake import events as intake
from services.meetings.queries.today import get_today
from shared.ids import new_id
from shared.messaging.envelope import EventType


def waiting(harness: Any) -> list[str]:
    return [line.call_name for line in get_today(harness.actor(harness.sam)).waiting]


def to_place(harness: Any) -> list[str]:
    return [line.call_name for line in get_today(harness.actor(harness.sam)).to_place]


def talks(harness: Any) -> list[tuple[str, str]]:
    today = get_today(harness.actor(harness.sam))
    return [(talk.name, talk.at.strftime("%H.%M")) for talk in today.appointments.today if talk.signup_id]


def fill(harness: Any, group_id: str) -> None:
    for number in range(8):
        harness.member(group_id, f"Nummer {number}")


def test_somebody_who_signed_up_waits_until_the_sign_up_is_closed(harness: Any) -> None:
    signup_id = harness.signed_up(harness.participant("Noor"))
    harness.consume()
    assert waiting(harness) == ["Noor"]

    harness.publish(intake.SIGNUP_CLOSED, signup_id, signup_id=signup_id)
    harness.consume()

    assert waiting(harness) == []


def test_a_sign_up_that_is_published_twice_is_one_person_who_waits(harness: Any) -> None:
    person = harness.participant("Noor")
    signup_id = harness.signed_up(person)

    harness.signed_up(person, signup_id=signup_id)
    harness.consume()

    assert waiting(harness) == ["Noor"]


def test_a_sign_up_that_comes_after_its_end_stays_ended(harness: Any) -> None:
    signup_id = new_id()
    harness.publish(intake.SIGNUP_CLOSED, signup_id, signup_id=signup_id)
    harness.signed_up(harness.participant("Noor"), signup_id=signup_id)

    harness.consume()

    assert waiting(harness) == []


def test_a_place_that_could_not_be_given_after_all_does_not_open_a_sign_up_that_is_closed(harness: Any) -> None:
    person = harness.participant("Noor")
    signup_id = harness.signed_up(person)
    harness.publish(intake.SIGNUP_CLOSED, signup_id, signup_id=signup_id)

    harness.placed(person, harness.headcount_group(), signup_id=signup_id)
    harness.consume()

    assert (waiting(harness), to_place(harness)) == ([], [])


def test_a_talk_of_today_stands_on_the_page_at_its_newest_hour(harness: Any) -> None:
    signup_id, talk_id = harness.signed_up(harness.participant("Noor")), new_id()
    harness.talk(intake.INTRO_TALK_SCHEDULED, talk_id, signup_id)
    harness.consume()
    assert (talks(harness), waiting(harness)) == ([("Noor", "14.00")], [])

    harness.talk(intake.INTRO_TALK_MOVED, talk_id, signup_id, at="15:30")
    harness.consume()

    assert talks(harness) == [("Noor", "15.30")]


def test_a_talk_that_is_published_twice_is_one_talk(harness: Any) -> None:
    signup_id, talk_id = harness.signed_up(harness.participant("Noor")), new_id()

    harness.talk(intake.INTRO_TALK_SCHEDULED, talk_id, signup_id)
    harness.talk(intake.INTRO_TALK_SCHEDULED, talk_id, signup_id)
    harness.consume()

    assert talks(harness) == [("Noor", "14.00")]


def test_the_first_hour_of_a_talk_that_comes_late_does_not_replace_the_newer_one(harness: Any) -> None:
    signup_id, talk_id = harness.signed_up(harness.participant("Noor")), new_id()

    harness.talk(intake.INTRO_TALK_SCHEDULED, talk_id, signup_id, at="14:00")
    harness.talk(intake.INTRO_TALK_MOVED, talk_id, signup_id, at="15:30")
    harness.publish_oldest_again(intake.INTRO_TALK_SCHEDULED, talk_id)
    harness.consume()

    assert talks(harness) == [("Noor", "15.30")]


@pytest.mark.parametrize(
    "over", [intake.INTRO_TALK_CALLED_OFF, intake.INTRO_TALK_MISSED], ids=lambda kind: kind.name
)
def test_who_had_no_talk_after_all_waits_again(harness: Any, over: EventType) -> None:
    signup_id, talk_id = harness.signed_up(harness.participant("Noor")), new_id()
    harness.talk(intake.INTRO_TALK_SCHEDULED, talk_id, signup_id)

    harness.talk(over, talk_id, signup_id)
    harness.talk(over, talk_id, signup_id)
    harness.consume()

    assert (talks(harness), waiting(harness)) == ([], ["Noor"])


def test_who_had_a_talk_is_looked_for_a_place_for(harness: Any) -> None:
    signup_id, talk_id = harness.signed_up(harness.participant("Noor")), new_id()
    harness.talk(intake.INTRO_TALK_SCHEDULED, talk_id, signup_id)

    harness.talk(intake.INTRO_TALK_HELD, talk_id, signup_id)
    harness.consume()

    assert (talks(harness), waiting(harness), to_place(harness)) == ([], [], ["Noor"])


@pytest.mark.parametrize(
    "over",
    [intake.INTRO_TALK_CALLED_OFF, intake.INTRO_TALK_MISSED, intake.INTRO_TALK_HELD],
    ids=lambda kind: kind.name,
)
def test_a_talk_that_comes_after_its_end_is_not_planned_again(harness: Any, over: EventType) -> None:
    signup_id, talk_id = harness.signed_up(harness.participant("Noor")), new_id()

    harness.talk(intake.INTRO_TALK_SCHEDULED, talk_id, signup_id)
    harness.talk(over, talk_id, signup_id)
    harness.publish_oldest_again(intake.INTRO_TALK_SCHEDULED, talk_id)
    harness.consume()

    assert talks(harness) == []


def test_who_was_placed_needs_nobody_and_who_was_returned_needs_another_group(harness: Any) -> None:
    group_id, full = (
        harness.group(),
        harness.group("Volle groep", overrides={"admission": "rolling", "max_size": 8}),
    )
    fill(harness, full)
    for name, where in (("Noor", group_id), ("Robin", full)):
        person = harness.participant(name)
        signup_id = harness.signed_up(person)
        harness.placed(person, where, signup_id=signup_id)

    harness.consume()

    assert (waiting(harness), to_place(harness)) == ([], ["Robin"])


def test_of_a_place_that_was_returned_today_says_which_group_it_was_in(harness: Any) -> None:
    first, second = harness.headcount_group("Woensdagavond"), harness.headcount_group("Vrijdagmiddag")
    person = harness.participant("Robin")
    signup_id = harness.signed_up(person)
    harness.placed(person, first, signup_id=signup_id)
    harness.consume()
    assert (
        "De plek in Woensdagavond ging niet door. Kies een andere groep."
        in harness.visitor(harness.sam).open("/").html
    )

    harness.placed(person, second, signup_id=signup_id)
    harness.consume()

    page = harness.visitor(harness.sam).open("/").html
    assert "De plek in Vrijdagmiddag ging niet door. Kies een andere groep." in page
    assert "Woensdagavond ging niet door" not in page
