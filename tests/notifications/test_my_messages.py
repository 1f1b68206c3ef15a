"""Somebody's own page: what was sent and why, which ways, more quiet, a pause, and a stop."""

from __future__ import annotations

from typing import Any

import pytest

from services.notifications.models import Preference
from services.notifications.models import service as own_service
from tests.notifications.conftest import NotificationsHarness

HERE = "/mijn/berichten"
REMINDER, INVITATION, QUESTION = "meeting_reminder", "intro_talk_invitation", "questionnaire_invitation"


@pytest.fixture
def noor(service: NotificationsHarness) -> str:
    """Somebody with both ways, who takes part and was invited once."""
    person, group_id = service.person(mobile="+31612345678"), service.group()
    service.talk(person, on="2026-11-20")
    service.membership(person, group_id, starts_on="2026-09-01")
    service.meeting(group_id)
    service.consume()
    service.send()
    return person


def choose(service: NotificationsHarness, noor: str, **filled: Any) -> Any:
    visitor = service.visitor(participant=noor)
    return visitor.submit(visitor.open(HERE), HERE + "/hoe-en-wanneer", **filled)


def test_nobody_comes_in_without_the_code(service: NotificationsHarness, noor: str):
    for visitor in (service.visitor(), service.visitor("messenger", "manager")):
        page = visitor.open(HERE)  # leads to the page for a code, which is of another service

        assert page.path == "/mijn/code?naar=/mijn/berichten"
        assert page.status == 404


def test_they_see_what_was_sent_and_why_and_no_whole_address(service: NotificationsHarness, noor: str):
    page = service.visitor(participant=noor).open(HERE)

    assert page.status == 200
    assert "Uitnodiging om kennis te maken" in page.text
    assert "Je wilde kennismaken, en er is een afspraak gemaakt." in page.text
    assert "n•••@example.org" in page.text
    assert "noor@example.org" not in page.html
    assert "612345678" not in page.html
    assert "Snel weg" in page.text
    assert "Houvast" not in page.html[: page.html.index("<body>")]


def test_they_see_nothing_of_anybody_else(service: NotificationsHarness, noor: str):
    other = service.person(name="Sam", email="sam@example.org")
    service.consume()

    page = service.visitor(participant=other).open(HERE)

    assert "We hebben je nog niets gestuurd." in page.text


def test_looking_is_written_down(service: NotificationsHarness, noor: str):
    service.visitor(participant=noor).open(HERE)

    lines = own_service.audit.AuditEntry.select().where(own_service.audit.AuditEntry.purpose == "own_messages")
    assert [(line.actor_kind, line.about_id) for line in lines] == [("participant", noor)]


def test_who_likes_text_messages_better_gets_them_and_others_hear_by_which_ways(
    service: NotificationsHarness, noor: str
):
    choose(service, noor, channels="sms")
    service.talk(noor, on="2026-11-27")
    service.consume()
    service.send()

    assert service.mails()[-1][0] == "+31612345678"
    assert service.events()[-1].data["channels"] == ["sms"]


def test_who_wants_no_messages_hears_it_from_a_person(service: NotificationsHarness, noor: str):
    choose(service, noor, channels="none")
    service.talk(noor, on="2026-11-27")
    service.consume()
    service.send()

    assert service.states(INVITATION)[-1] == (INVITATION, "suppressed", "no_address")
    assert service.messages(INVITATION)[-1].asked_at is not None


def test_a_way_without_an_address_cannot_be_chosen(service: NotificationsHarness):
    person = service.person()
    service.consume()

    page = choose(service, person, channels="sms")

    assert page.status == 409
    assert Preference.select().count() == 0


def test_telling_the_organisation_anew_weighs_more_than_an_older_choice(service: NotificationsHarness, noor: str):
    choose(service, noor, channels="sms")

    service.reached(noor, email="noor@example.org")
    service.consume()

    assert service.events()[-1].data["channels"] == ["email"]


def test_more_quiet_hours_hold_what_would_go_in_them(service: NotificationsHarness, noor: str):
    choose(service, noor, quiet_from="18:00", quiet_until="10:00")

    service.clock_at("2026-11-23 18.01")
    service.send()
    before = service.states(REMINDER)
    service.clock_at("2026-11-24 10.01")
    service.send()

    assert before == [(REMINDER, "held", "quiet_hours")]
    assert service.states(REMINDER) == [(REMINDER, "accepted", None)]


def test_hours_that_are_not_offered_are_refused_with_a_sentence(service: NotificationsHarness, noor: str):
    page = choose(service, noor, quiet_from="03:00")

    assert page.status == 400
    assert "Kies iets uit de lijst." in page.text


def test_in_a_pause_reminders_stay_away_lists_wait_and_answers_go(service: NotificationsHarness, noor: str):
    visitor = service.visitor(participant=noor)
    page = visitor.submit(visitor.open(HERE), HERE + "/pauze")
    service.measurement(noor)
    service.talk(noor, on="2026-11-27")
    service.consume()
    service.clock_at("2026-11-23 18.01")
    service.send()

    assert "Het blijft stil tot maandag 30 november" in page.text
    assert service.states(REMINDER) == [(REMINDER, "suppressed", "paused")]
    assert service.states(QUESTION) == [(QUESTION, "held", "paused")]
    assert service.states(INVITATION)[-1] == (INVITATION, "accepted", None)


def test_what_waited_for_a_pause_goes_when_it_ends_or_is_ended(service: NotificationsHarness, noor: str):
    visitor = service.visitor(participant=noor)
    visitor.submit(visitor.open(HERE), HERE + "/pauze")
    service.measurement(noor)
    service.consume()
    service.send()
    before = service.states(QUESTION)

    visitor.submit(visitor.open(HERE), HERE + "/pauze")
    service.send()

    assert before == [(QUESTION, "held", "paused")]
    assert service.states(QUESTION) == [(QUESTION, "accepted", None)]


def test_one_sort_is_stopped_on_the_page(service: NotificationsHarness, noor: str):
    visitor = service.visitor(participant=noor)

    page = visitor.submit(visitor.open(HERE), HERE + "/stoppen")

    assert "Goed. Die berichten sturen we je niet meer." in page.text
    assert "Gestopt op maandag 16 november" in page.text
    assert service.states(REMINDER) == [(REMINDER, "suppressed", "opted_out")]


@pytest.mark.parametrize("page", ["0", "-1", "x", "²", "9" * 40, "%00"])
def test_a_page_that_is_none_is_the_first_one(service: NotificationsHarness, noor: str, page: str):
    assert service.visitor(participant=noor).open(f"{HERE}?blad={page}").status == 200


def test_somebody_that_we_do_not_know_finds_nothing(service: NotificationsHarness):
    assert service.visitor(participant="01990000-0000-7000-8000-00000000dead").open(HERE).status == 404
