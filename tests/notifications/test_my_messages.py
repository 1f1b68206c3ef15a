"""Somebody's own page: what was sent and why, which channels, more quiet, a pause, and a stop."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from services.notifications.models import Preference
from services.notifications.models import service as own_service
from services.notifications.rules.lifecycle import State
from services.notifications.rules.message_types import MessageType
from tests.notifications.conftest import NotificationsHarness

HERE = "/mijn/berichten"
REMINDER, INVITATION, QUESTION = "meeting_reminder", "intro_talk_invitation", "questionnaire_invitation"
TO_STAFF = {
    MessageType.SIGN_IN_LINK,
    MessageType.MEETING_SUBSTITUTE,
    MessageType.MEETING_CHANGE_TO_LEADER,
    MessageType.MOVE_IN_PERSON,
    MessageType.CANCELLATION_IN_PERSON,
    MessageType.STAFF_INVITATION,
}
TEXTS = Path(__file__).parents[2] / "services" / "notifications" / "data" / "messages.nl.toml"


@pytest.fixture
def noor(harness: NotificationsHarness) -> str:
    """Somebody with both channels, who takes part and was invited once."""
    person, group_id = harness.person(mobile="+31612345678"), harness.group()
    harness.talk(person, on="2026-11-20")
    harness.membership(person, group_id, starts_on="2026-09-01")
    harness.meeting(group_id)
    harness.consume()
    harness.send()
    return person


def choose(harness: NotificationsHarness, noor: str, **filled: Any) -> Any:
    visitor = harness.visitor(participant=noor)
    return visitor.submit(visitor.open(HERE), HERE + "/hoe-en-wanneer", **filled)


def test_nobody_comes_in_without_the_code(harness: NotificationsHarness, noor: str):
    for visitor in (harness.visitor(), harness.visitor("messenger", "manager")):
        page = visitor.open(HERE)  # leads to the page for a code, which is of another service

        assert page.path == "/mijn/code?naar=/mijn/berichten"
        assert page.status == 404


def test_they_see_what_was_sent_and_why_and_no_whole_address(harness: NotificationsHarness, noor: str):
    page = harness.visitor(participant=noor).open(HERE)

    assert page.status == 200
    assert "Uitnodiging om kennis te maken" in page.text
    assert "Je wilde kennismaken, en er is een afspraak gemaakt." in page.text
    assert "n•••@example.org" in page.text
    assert "noor@example.org" not in page.html
    assert "612345678" not in page.html
    assert "Snel weg" in page.text
    assert "Houvast" not in page.html[: page.html.index("<body>")]


def test_they_see_nothing_of_anybody_else(harness: NotificationsHarness, noor: str):
    other = harness.person(name="Sam", email="sam@example.org")
    harness.consume()

    page = harness.visitor(participant=other).open(HERE)

    assert "We hebben je nog niets gestuurd." in page.text


def test_looking_is_written_down(harness: NotificationsHarness, noor: str):
    harness.visitor(participant=noor).open(HERE)

    lines = own_service.audit.AuditEntry.select().where(own_service.audit.AuditEntry.purpose == "own_messages")
    assert [(line.actor_kind, line.about_id) for line in lines] == [("participant", noor)]


def test_who_likes_text_messages_better_gets_them_and_others_are_told_by_which_channels(
    harness: NotificationsHarness, noor: str
):
    choose(harness, noor, channels="sms")
    harness.talk(noor, on="2026-11-27")
    harness.consume()
    harness.send()

    assert harness.mails()[-1][0] == "+31612345678"
    assert harness.events()[-1].data["channels"] == ["sms"]


def test_who_wants_no_messages_hears_it_from_a_person(harness: NotificationsHarness, noor: str):
    choose(harness, noor, channels="none")
    harness.talk(noor, on="2026-11-27")
    harness.consume()
    harness.send()

    assert harness.states(INVITATION)[-1] == (INVITATION, "suppressed", "no_address")
    assert harness.messages(INVITATION)[-1].asked_at is not None


def test_a_channel_without_an_address_cannot_be_chosen(harness: NotificationsHarness):
    person = harness.person()
    harness.consume()

    page = choose(harness, person, channels="sms")

    assert page.status == 409
    assert Preference.select().count() == 0


def test_telling_the_organisation_anew_weighs_more_than_an_older_choice(harness: NotificationsHarness, noor: str):
    choose(harness, noor, channels="sms")

    harness.reached(noor, email="noor@example.org")
    harness.consume()

    assert harness.events()[-1].data["channels"] == ["email"]


def test_more_quiet_hours_hold_what_would_go_in_them(harness: NotificationsHarness, noor: str):
    choose(harness, noor, quiet_from="18:00", quiet_until="10:00")

    harness.clock_at("2026-11-23 18.01")
    harness.send()
    before = harness.states(REMINDER)
    harness.clock_at("2026-11-24 10.01")
    harness.send()

    assert before == [(REMINDER, "held", "quiet_hours")]
    assert harness.states(REMINDER) == [(REMINDER, "accepted", None)]


def test_hours_that_are_not_offered_are_refused_with_a_sentence(harness: NotificationsHarness, noor: str):
    page = choose(harness, noor, quiet_from="03:00")

    assert page.status == 400
    assert "Kies iets uit de lijst." in page.text


def test_in_a_pause_reminders_stay_away_lists_wait_and_answers_go(harness: NotificationsHarness, noor: str):
    visitor = harness.visitor(participant=noor)
    page = visitor.submit(visitor.open(HERE), HERE + "/pauze")
    harness.measurement(noor)
    harness.talk(noor, on="2026-11-27")
    harness.consume()
    harness.clock_at("2026-11-23 18.01")
    harness.send()

    assert "Het blijft stil tot maandag 30 november" in page.text
    assert harness.states(REMINDER) == [(REMINDER, "suppressed", "paused")]
    assert harness.states(QUESTION) == [(QUESTION, "held", "paused")]
    assert harness.states(INVITATION)[-1] == (INVITATION, "accepted", None)


def test_what_waited_for_a_pause_goes_when_it_ends_or_is_ended(harness: NotificationsHarness, noor: str):
    visitor = harness.visitor(participant=noor)
    visitor.submit(visitor.open(HERE), HERE + "/pauze")
    harness.measurement(noor)
    harness.consume()
    harness.send()
    before = harness.states(QUESTION)

    visitor.submit(visitor.open(HERE), HERE + "/pauze")
    harness.send()

    assert before == [(QUESTION, "held", "paused")]
    assert harness.states(QUESTION) == [(QUESTION, "accepted", None)]


def test_one_sort_is_stopped_on_the_page(harness: NotificationsHarness, noor: str):
    visitor = harness.visitor(participant=noor)

    page = visitor.submit(visitor.open(HERE), HERE + "/stoppen")

    assert "Goed. Die berichten sturen we je niet meer." in page.text
    assert "Gestopt op maandag 16 november" in page.text
    assert harness.states(REMINDER) == [(REMINDER, "suppressed", "opted_out")]


@pytest.mark.parametrize("page", ["0", "-1", "x", "²", "9" * 40, "%2F"])
def test_a_page_that_is_none_is_the_first_one(harness: NotificationsHarness, noor: str, page: str):
    assert harness.visitor(participant=noor).open(f"{HERE}?blad={page}").status == 200


def test_somebody_that_we_do_not_know_finds_nothing(harness: NotificationsHarness):
    assert harness.visitor(participant="01990000-0000-7000-8000-00000000dead").open(HERE).status == 404


def test_whoever_was_sent_something_can_read_why_and_how_it_went():
    texts = tomllib.loads(TEXTS.read_text(encoding="utf-8"))

    assert {member for member in MessageType if not member.spec.why} == TO_STAFF
    assert set(texts["own_states"]) == {str(state) for state in State}
