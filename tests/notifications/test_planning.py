"""What follows from what is consumed: who is notified of what, when, and what is withdrawn again."""

from __future__ import annotations

import pytest

from services.intake.events import INTRO_TALK_CALLED_OFF, INTRO_TALK_HELD, INTRO_TALK_MOVED
from services.notifications.models import Message
from tests.notifications.actions import go_on, subjects
from tests.notifications.conftest import NotificationsHarness

NOOR = "noor@example.org"


def test_a_talk_is_reminded_of_at_six_the_evening_before(harness: NotificationsHarness):
    harness.talk(harness.person())
    go_on(harness)

    harness.clock_at("2026-11-22 17.58")
    harness.send()
    before = subjects(harness)
    harness.clock_at("2026-11-22 18.01")
    harness.send()

    assert before == ["Afspraak op maandag 23 november"]
    assert subjects(harness)[1:] == ["Herinnering: afspraak op maandag 23 november"]


def test_a_talk_planned_after_six_the_evening_before_is_invited_for_and_not_reminded_of(
    harness: NotificationsHarness,
):
    harness.clock_at("2026-11-22 19.00")
    harness.talk(harness.person())

    go_on(harness)
    harness.clock_at("2026-11-23 12.00")
    harness.send()

    assert subjects(harness) == ["Afspraak op maandag 23 november"]


def test_who_was_invited_hears_that_the_talk_is_moved_and_is_reminded_of_the_new_moment_only(
    harness: NotificationsHarness,
):
    person = harness.person()
    talk_id = harness.talk(person)
    go_on(harness)

    harness.talk_event(INTRO_TALK_MOVED, talk_id, person, on="2026-11-25", at="10:30")
    go_on(harness)
    harness.clock_at("2026-11-22 18.30")
    harness.send()
    harness.clock_at("2026-11-24 18.01")
    harness.send()

    assert subjects(harness) == [
        "Afspraak op maandag 23 november",
        "Onze afspraak is verplaatst",
        "Herinnering: afspraak op woensdag 25 november",
    ]
    moved = harness.mailbox.messages()[1].get_body(("plain",)).get_content()
    assert "van maandag 23 november om 14.00 uur is verplaatst" in moved
    assert "woensdag 25 november om 10.30 uur" in moved


def test_a_talk_that_is_moved_and_moved_back_is_told_each_time_and_reminded_of_once(harness: NotificationsHarness):
    person = harness.person()
    talk_id = harness.talk(person)
    go_on(harness)
    for on in ("2026-11-25", "2026-11-23"):
        harness.talk_event(INTRO_TALK_MOVED, talk_id, person, on=on, at="14:00")
        go_on(harness)

    harness.clock_at("2026-11-22 18.01")
    harness.send()

    assert subjects(harness)[1:] == [
        "Onze afspraak is verplaatst",
        "Onze afspraak is verplaatst",
        "Herinnering: afspraak op maandag 23 november",
    ]


def test_who_was_invited_hears_that_the_talk_is_off(harness: NotificationsHarness):
    person = harness.person()
    talk_id = harness.talk(person)
    go_on(harness)

    harness.talk_event(INTRO_TALK_CALLED_OFF, talk_id, person)
    go_on(harness)
    harness.clock_at("2026-11-22 18.01")
    harness.send()

    assert subjects(harness) == ["Afspraak op maandag 23 november", "Onze afspraak gaat niet door"]
    assert ("intro_talk_reminder", "withdrawn", "talk_called_off") in harness.states()


def test_who_was_not_invited_yet_hears_nothing_of_a_talk_that_is_off(harness: NotificationsHarness):
    person = harness.person()
    harness.talk_event(INTRO_TALK_CALLED_OFF, harness.talk(person), person)

    go_on(harness)

    assert subjects(harness) == []


def test_an_invitation_that_waits_for_the_morning_says_the_new_moment_when_the_talk_moves_at_night(
    harness: NotificationsHarness,
):
    harness.clock_at("2026-11-16 22.00")
    person = harness.person()
    talk_id = harness.talk(person)
    go_on(harness)
    harness.talk_event(INTRO_TALK_MOVED, talk_id, person, on="2026-11-25")
    go_on(harness)

    harness.clock_at("2026-11-17 08.01")
    harness.send()

    assert subjects(harness) == ["Afspraak op woensdag 25 november"]


def test_a_talk_that_was_held_is_not_reminded_of(harness: NotificationsHarness):
    person = harness.person()
    harness.talk_event(INTRO_TALK_HELD, harness.talk(person), person)

    harness.consume()

    assert {state for _, state, _ in harness.states()} == {"expired"}


def test_a_member_is_reminded_of_each_meeting_also_of_one_planned_before_they_came(harness: NotificationsHarness):
    group_id = harness.group()
    harness.meeting(group_id, on="2026-11-24")
    harness.membership(harness.person(), group_id)
    harness.meeting(group_id, on="2026-12-01")
    go_on(harness)

    for evening in ("2026-11-23 18.01", "2026-11-30 18.01"):
        harness.clock_at(evening)
        harness.send()

    assert subjects(harness) == [
        "Welkom, fijn dat je komt",
        "Tot dinsdag 24 november",
        "Tot dinsdag 1 december",
    ]


def test_nobody_is_reminded_of_meetings_before_they_begin(harness: NotificationsHarness):
    group_id = harness.group()
    harness.meeting(group_id, on="2026-11-24")
    harness.meeting(group_id, on="2026-12-01")

    harness.membership(harness.person(), group_id, starts_on="2026-12-01")
    go_on(harness)

    assert harness.states("meeting_reminder") == [("meeting_reminder", "planned", None)]


def test_the_welcome_says_when_the_first_time_is_and_nothing_of_it_when_that_is_not_known(
    harness: NotificationsHarness,
):
    known, unknown = harness.group(), harness.group()
    harness.meeting(known, on="2026-11-24")
    harness.membership(harness.person(email="sam@example.org"), known)
    harness.membership(harness.person(), unknown)

    go_on(harness)

    texts = {str(mail["To"]): mail.get_body(("plain",)).get_content() for mail in harness.mailbox.messages()}
    assert "dinsdag 24 november om 19.30 uur" in texts["sam@example.org"]
    assert "Je hoort snel van ons wanneer de eerste keer is." in texts[NOOR]


def test_who_has_taken_part_for_long_is_not_welcomed_when_history_is_read(harness: NotificationsHarness):
    harness.membership(harness.person(), harness.group(), starts_on="2026-03-03")

    go_on(harness)

    assert subjects(harness) == []


def test_a_meeting_that_is_moved_and_moved_back_is_reminded_of_once_at_its_last_moment(
    harness: NotificationsHarness,
):
    group_id = harness.group()
    harness.membership(harness.person(), group_id)
    meeting_id = harness.meeting(group_id)
    harness.consume()
    for on in ("2026-11-26", "2026-11-24"):
        harness.meeting(group_id, meeting_id=meeting_id, on=on)
        harness.consume()

    for evening in ("2026-11-23 18.01", "2026-11-25 18.01"):
        harness.clock_at(evening)
        harness.send()

    assert subjects(harness) == ["Tot dinsdag 24 november"]
    assert harness.states("meeting_reminder")[:2] == [("meeting_reminder", "withdrawn", "meeting_moved")] * 2


def test_a_meeting_that_goes_on_after_all_is_reminded_of(harness: NotificationsHarness):
    group_id = harness.group()
    harness.membership(harness.person(), group_id)
    meeting_id = harness.meeting(group_id)
    for state in ("cancelled", "planned"):
        harness.meeting(group_id, meeting_id=meeting_id, state=state)
        harness.consume()

    harness.clock_at("2026-11-23 18.01")
    harness.send()

    assert "Tot dinsdag 24 november" in subjects(harness)
    assert ("meeting_reminder", "withdrawn", "meeting_cancelled") in harness.states()


def test_a_meeting_that_took_place_is_not_reminded_of(harness: NotificationsHarness):
    group_id = harness.group()
    harness.membership(harness.person(), group_id)
    meeting_id = harness.meeting(group_id)

    harness.took_place(meeting_id, group_id)
    harness.consume()

    assert harness.states("meeting_reminder") == [("meeting_reminder", "expired", "too_late")]


@pytest.mark.parametrize(("now", "comes"), [("2026-11-24 16.29", True), ("2026-11-24 16.31", False)])
def test_who_comes_on_the_day_itself_is_reminded_only_if_three_hours_are_left(
    harness: NotificationsHarness, now: str, comes: bool
):
    harness.clock_at(now)
    group_id = harness.group()
    harness.meeting(group_id)
    harness.membership(harness.person(), group_id)

    go_on(harness)

    assert ("Tot dinsdag 24 november" in subjects(harness)) == comes


def test_an_ended_group_says_nothing_more(harness: NotificationsHarness):
    group_id = harness.group()
    harness.meeting(group_id)
    harness.membership(harness.person(), group_id)
    go_on(harness)

    harness.group(group_id=group_id, state="ended")
    go_on(harness)

    assert harness.states("meeting_reminder") == [("meeting_reminder", "withdrawn", "meeting_cancelled")]


def test_somebody_without_address_is_told_in_person_and_the_others_hear_that_nobody_can_be_reached(
    harness: NotificationsHarness,
):
    person = harness.person(email=None)
    harness.talk(person)

    go_on(harness)

    states = [event.data for event in harness.events() if event.data.get("participant_id") == person]
    assert [(state["channels"], state["refused"]) for state in states] == [([], [])]
    invitation = harness.message("intro_talk_invitation")
    assert (invitation.state, invitation.reason, invitation.channel) == ("suppressed", "no_address", "hand")
    assert invitation.asked_at is not None


def test_reachability_is_said_when_it_changes_and_not_when_it_does_not(harness: NotificationsHarness):
    person = harness.person()
    harness.reached(person, email=NOOR)
    harness.consume()
    harness.reached(person, email=NOOR, mobile="+31612345678")

    harness.consume()

    assert [event.data["channels"] for event in harness.events()] == [["email"], ["email", "sms"]]


def test_of_a_series_every_member_gets_each_reminder_once(harness: NotificationsHarness):
    group_id = harness.group()
    people = [harness.person(name=f"Noor {number}") for number in range(6)]
    for person in people[:3]:
        harness.membership(person, group_id)
    days = [f"2026-12-{day:02d}" for day in range(1, 29)]
    for on in days:
        harness.meeting(group_id, on=on)
    for person in people[3:]:
        harness.membership(person, group_id)

    harness.consume()

    reminders = Message.select().where(Message.message_type == "meeting_reminder")
    assert reminders.count() == len(people) * len(days)
    assert len({(row.participant_id, row.meeting_id) for row in reminders}) == len(people) * len(days)
