"""What a message could not say comes back to whoever wanted it, until somebody passed it on."""

from __future__ import annotations

from typing import Any

import pytest

from services.intake import events as intake
from services.meetings import events as meetings
from services.notifications.models import Message
from tests.notifications.actions import go_on
from tests.notifications.conftest import NotificationsHarness

PHONE = "+31612345678"


def causes(harness: NotificationsHarness, name: str = "talk_delivery_changed") -> list[Any]:
    return [event.data["cause"] for event in harness.events(name)]


def test_a_talk_early_next_morning_that_is_planned_at_night_comes_back_when_no_text_may_go(
    harness: NotificationsHarness,
):
    harness.clock_at("2026-11-16 23.00")
    person = harness.person(email=None, mobile=PHONE)
    talk_id = harness.talk(person, on="2026-11-17", at="07:30")

    go_on(harness)

    assert harness.states("intro_talk_invitation") == [("intro_talk_invitation", "expired", "no_quiet_moment")]
    assert [(event.data["talk_id"], event.data["cause"]) for event in harness.events("talk_delivery_changed")] == [
        (talk_id, "too_late")
    ]


@pytest.mark.parametrize("at", ["07:30", "08:30"])
def test_the_same_invitation_goes_by_mail_which_wakes_nobody(harness: NotificationsHarness, at: str):
    harness.clock_at("2026-11-16 23.00")
    harness.talk(harness.person(), on="2026-11-17", at=at)

    go_on(harness)

    assert harness.states("intro_talk_invitation") == [("intro_talk_invitation", "accepted", None)]
    assert causes(harness) == []


def test_an_invitation_that_is_still_in_time_after_the_night_waits_for_it(harness: NotificationsHarness):
    harness.clock_at("2026-11-16 23.00")
    harness.talk(harness.person(), on="2026-11-17", at="10:00")

    go_on(harness)

    assert harness.states("intro_talk_invitation") == [("intro_talk_invitation", "held", "quiet_hours")]


@pytest.mark.parametrize(
    ("contact", "place", "cause"),
    [({"email": None}, "De Brug", "address"), ({}, "Herstelhuis", "word")],
)
def test_why_it_did_not_go_is_published_without_what_it_says(
    harness: NotificationsHarness, contact: dict[str, Any], place: str, cause: str
):
    harness.talk(harness.person(**contact), place=place)

    go_on(harness)

    assert causes(harness) == [cause]
    assert place not in str([event.data for event in harness.events()])


def test_what_was_told_about_a_talk_asks_nobody_any_more(harness: NotificationsHarness):
    talk_id = harness.talk(harness.person(email=None))
    go_on(harness)

    harness.publish(intake.PARTICIPANT_INFORMED, talk_id, talk_id=talk_id, by_staff_id=harness.kim)
    go_on(harness)

    message = harness.message("intro_talk_invitation")
    assert (message.asked_at, message.attended_by) == (None, harness.kim)
    assert [
        (event.data["cause"], event.data["is_informed"]) for event in harness.events("talk_delivery_changed")
    ] == [
        ("address", False),
        (None, True),
    ]


def test_what_was_told_about_a_meeting_asks_nobody_any_more_and_what_waited_does_not_go(
    harness: NotificationsHarness,
):
    group_id, meeting_id = harness.group(), ""
    people = [harness.person(email=None), harness.person(email="sam@example.org", is_confirmed=False)]
    memberships = [harness.membership(person, group_id, starts_on="2026-09-01") for person in people]
    meeting_id = harness.meeting(group_id)
    go_on(harness)
    harness.cancelled(meeting_id, group_id)
    harness.consume()

    for person, membership_id in zip(people, memberships, strict=True):
        about = {"meeting_id": meeting_id, "membership_id": membership_id, "participant_id": person}
        harness.publish(meetings.MEMBER_INFORMED, membership_id, **about, by_staff_id=harness.kim)
    go_on(harness)

    rows = Message.select().where(Message.message_type == "meeting_cancelled")
    assert [row.asked_at for row in rows] == [None] * len(rows)
    assert "sam@example.org" not in str(harness.mails())


def test_a_welcome_that_was_told_in_person_asks_nobody_any_more(harness: NotificationsHarness):
    group_id, person = harness.group(), harness.person(email=None)
    harness.meeting(group_id)
    membership_id = harness.membership(person, group_id)
    go_on(harness)
    assert harness.message("welcome").asked_at is not None
    about = {"meeting_id": None, "membership_id": membership_id, "participant_id": person}

    harness.publish(meetings.MEMBER_INFORMED, membership_id, **about, by_staff_id=harness.kim)
    go_on(harness)

    assert (harness.message("welcome").asked_at, harness.message("welcome").attended_by) == (None, harness.kim)


def test_a_messenger_who_saw_to_it_settles_it_for_who_planned_it(harness: NotificationsHarness):
    harness.talk(harness.person(email=None))
    go_on(harness)
    path = f"/berichten/{harness.message('intro_talk_invitation').id}"
    visitor = harness.visitor("messenger")

    visitor.submit(visitor.open(path), f"{path}/gezien")

    assert causes(harness) == ["address", None]
