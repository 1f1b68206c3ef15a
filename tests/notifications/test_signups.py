"""A sign-up is confirmed, once, in neutral words; and messages carry the name and number of the organisation."""

from __future__ import annotations

import dataclasses

import pytest

from services.notifications.models import Organisation, service
from services.notifications.queries.rendering import Layout, render
from shared.ids import new_id
from tests.notifications.actions import go_on
from tests.notifications.conftest import NotificationsHarness

MESSAGE_TYPE = "signup_confirmation"


def plain(harness: NotificationsHarness) -> str:
    [mail] = harness.mailbox.messages()
    return mail.get_body(("plain",)).get_content()


@pytest.mark.parametrize(
    ("days", "says"),
    [
        (None, "Iemand van ons neemt contact met je op."),
        (1, "Iemand van ons neemt binnen één werkdag contact met je op."),
        (5, "Iemand van ons neemt binnen 5 werkdagen contact met je op."),
    ],
)
def test_who_signed_up_hears_what_is_next_and_within_how_many_days(
    harness: NotificationsHarness, days: int | None, says: str
) -> None:
    harness.organisation(answer_within_days=days)
    harness.signed_up(harness.person(is_confirmed=False))

    go_on(harness)

    assert harness.mails() == [("noor@example.org", "Fijn dat je je hebt gemeld")]
    assert says in " ".join(plain(harness).split())


def test_who_gave_only_a_number_gets_a_text_message(harness: NotificationsHarness) -> None:
    harness.signed_up(harness.person(email=None, mobile="+31612345678", is_confirmed=False))

    go_on(harness)

    assert harness.mails() == [("+31612345678", "")]


def test_who_gave_no_address_gets_nothing(harness: NotificationsHarness) -> None:
    harness.signed_up(harness.person(email=None))

    go_on(harness)

    assert harness.states(MESSAGE_TYPE) == []


def test_a_sign_up_that_is_opened_again_is_not_confirmed_again(harness: NotificationsHarness) -> None:
    person = harness.person()
    signup_id = harness.signed_up(person)
    harness.signed_up(person, signup_id)

    go_on(harness)

    assert len(harness.states(MESSAGE_TYPE)) == 1


def test_a_sign_up_waits_until_it_is_known_who_it_is(harness: NotificationsHarness) -> None:
    person = new_id()
    harness.signed_up(person)
    harness.consume()
    waiting = harness.states(MESSAGE_TYPE)
    harness.named(person, "Noor")
    harness.reached(person, email="noor@example.org")
    harness.retry_now()

    assert waiting == []
    assert [message_type for message_type, *_ in harness.states(MESSAGE_TYPE)] == [MESSAGE_TYPE]


def test_a_message_comes_from_the_name_that_the_organisation_chose_and_says_its_number(
    harness: NotificationsHarness,
) -> None:
    harness.organisation(sender_name="Kade 1", telephone="010 123 45 67")
    harness.signed_up(harness.person())

    go_on(harness)

    [mail] = harness.mailbox.messages()
    assert str(mail["From"]) == "Kade 1 <houvast@houvast.example>"
    assert "Groet,\nKade 1\n" in plain(harness).replace("\r\n", "\n")
    assert "Vragen? Bel ons: 010 123 45 67" in plain(harness)


def test_without_name_and_number_the_installation_signs_and_nobody_is_told_to_call(
    harness: NotificationsHarness,
) -> None:
    harness.organisation()
    harness.signed_up(harness.person())

    go_on(harness)

    [mail] = harness.mailbox.messages()
    assert str(mail["From"]) == "Houvast <houvast@houvast.example>"
    assert "Bel ons" not in plain(harness)


def test_a_name_that_betrays_by_now_stands_on_no_message(harness: NotificationsHarness) -> None:
    harness.organisation()
    harness.signed_up(harness.person())
    harness.consume()
    with service.transaction():
        Organisation.update(sender_name="Herstelgroep").execute()

    go_on(harness)

    assert harness.states(MESSAGE_TYPE) == [(MESSAGE_TYPE, "accepted", None)]
    assert "Herstel" not in plain(harness)


def test_who_works_here_hears_from_the_installation(harness: NotificationsHarness) -> None:
    harness.organisation(sender_name="Kade 1", telephone="010 123 45 67")
    harness.sign_in()
    harness.consume()

    harness.send(dataclasses.replace(harness.settings, sender_name="De regio"))

    [mail] = harness.mailbox.messages()
    assert str(mail["From"]).startswith("De regio ")
    assert "Bel ons" not in plain(harness)


@pytest.mark.parametrize(("number", "is_shown"), [("010 000 00 01", True), ("", False)])
def test_the_number_for_other_hours_is_shown_to_who_writes_then(
    harness: NotificationsHarness, number: str, is_shown: bool
) -> None:
    values = {"call_name": "Noor", "out_of_hours_telephone": number}
    for layout in (Layout.TEXT, Layout.SMS):
        assert ("Ons bereik je" in render("reply_received", layout, values)) is is_shown
