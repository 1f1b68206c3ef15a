"""Asking for a link to one's own page, with an address or a number: it comes, and tells nothing to others."""

from __future__ import annotations

import re

import pytest

from deploy.local.visitor import Page
from services.notifications.models import Message
from tests.notifications.actions import go_on
from tests.notifications.conftest import NotificationsHarness

HERE = "/mijn/berichten/link"
MESSAGE_TYPE = "own_page_link"


def asked(harness: NotificationsHarness, contact: str, network: str = "127.0.0.1") -> Page:
    visitor = harness.visitor()
    visitor.network = network
    return visitor.submit(visitor.open(HERE), HERE, contact=contact)


@pytest.mark.parametrize("typed", ["noor@example.org", " Noor@Example.org "])
def test_a_link_to_the_own_page_comes_by_e_mail(harness: NotificationsHarness, typed: str) -> None:
    harness.person()
    harness.consume()

    page = asked(harness, typed)
    go_on(harness)

    assert "Kijk in je mail" in page.text
    [mail] = harness.mailbox.messages()
    assert re.search(
        r"Met deze link ga je naar je eigen pagina: http\S+/mijn/naar/\S+", str(mail.get_body(("plain",)))
    )
    assert mail["List-Unsubscribe"] is None


def test_somebody_with_only_a_phone_is_sent_a_text_message(harness: NotificationsHarness) -> None:
    harness.person(email=None, mobile="+31612345678")
    harness.consume()

    page = asked(harness, "06 12 34 56 78")

    assert "Kijk in je berichten" in page.text
    assert harness.message(MESSAGE_TYPE).change == "sms"


def test_the_link_goes_to_the_address_that_was_typed_and_to_no_other(harness: NotificationsHarness) -> None:
    harness.person(email="noor@example.org", mobile="+31612345678")
    harness.consume()

    asked(harness, "0612345678")
    go_on(harness)

    [text_message] = harness.mailbox.messages()
    assert "+31612345678" in str(text_message["To"])
    assert "/mijn/naar/" in text_message.get_content()


def test_an_address_that_nobody_has_gets_the_same_page_and_no_message(harness: NotificationsHarness) -> None:
    harness.person()
    harness.consume()

    known, unknown = asked(harness, "noor@example.org"), asked(harness, "iemand@example.org")

    assert (known.status, known.text) == (unknown.status, unknown.text)
    assert Message.select().where(Message.message_type == MESSAGE_TYPE).count() == 1


def test_an_address_that_somebody_had_before_gets_no_link(harness: NotificationsHarness) -> None:
    person = harness.person(email="noor@example.org")
    harness.reached(person, email="nieuw@example.org")
    harness.consume()

    asked(harness, "noor@example.org")

    assert not Message.select().where(Message.message_type == MESSAGE_TYPE).exists()


def test_after_three_links_in_a_day_no_more_come_and_the_page_does_not_tell(harness: NotificationsHarness) -> None:
    harness.person()
    harness.consume()

    pages = [asked(harness, "noor@example.org") for _ in range(4)]

    assert len({page.text for page in pages}) == 1
    assert Message.select().where(Message.message_type == MESSAGE_TYPE).count() == 3


def test_a_link_that_never_went_keeps_nobody_from_another(harness: NotificationsHarness) -> None:
    harness.person()
    harness.consume()
    for _ in range(3):
        asked(harness, "noor@example.org")
    harness.clock_at("2026-11-16 11.30")
    go_on(harness)

    asked(harness, "noor@example.org")
    go_on(harness)

    assert [state for _, state, _ in harness.states(MESSAGE_TYPE)] == ["expired"] * 3 + ["accepted"]


def test_from_one_network_twenty_links_an_hour_and_then_every_address_gets_the_same_answer(
    harness: NotificationsHarness,
) -> None:
    harness.person()
    harness.consume()
    for number in range(20):
        asked(harness, f"iemand{number}@example.org", "203.0.113.7")

    known, unknown = (asked(harness, f"{name}@example.org", "203.0.113.7") for name in ("noor", "nora"))

    assert (known.status, known.text) == (unknown.status, unknown.text)
    assert known.status == 429
    assert "Er is vanaf hier al vaak een link gevraagd" in known.text
    asked(harness, "noor@example.org", "198.51.100.7")
    assert Message.select().where(Message.message_type == MESSAGE_TYPE).count() == 1


@pytest.mark.parametrize("typed", ["", "noor", "noor@", "12", "Noor 06"])
def test_what_is_neither_an_address_nor_a_number_is_shown_again(harness: NotificationsHarness, typed: str) -> None:
    page = asked(harness, typed)

    assert page.status == 400
    assert "Vul je e-mailadres in, zoals naam@voorbeeld.nl, of je mobiele nummer" in page.text
    assert typed in page.html


def test_it_goes_at_night_and_to_who_stopped_everything_because_they_asked(harness: NotificationsHarness) -> None:
    harness.clock_at("2026-11-16 23.30")
    harness.person(purposes=())
    harness.consume()

    asked(harness, "noor@example.org")
    go_on(harness)

    assert harness.states(MESSAGE_TYPE) == [(MESSAGE_TYPE, "accepted", None)]


@pytest.mark.parametrize(("typed", "word"), [("noor@example.org", "mails"), ("06 12345678", "sms’jes")])
def test_who_got_enough_today_reads_that_no_new_link_comes_and_which_ones_work(
    harness: NotificationsHarness, typed: str, word: str
) -> None:
    page = asked(harness, typed)

    assert f"Kreeg je vandaag al een paar {word} van ons? Dan komt er nu geen nieuwe link bij." in page.text
    assert "De links die je al hebt, werken nog. Morgen kun je weer een nieuwe vragen." in page.text
