"""A code for somebody's own page: at once, by their own channel, and nowhere to be read afterwards."""

from __future__ import annotations

from services.notifications.models import Message
from tests.notifications.actions import go_on
from tests.notifications.conftest import NotificationsHarness


def text_of(harness: NotificationsHarness) -> str:
    return str(harness.mailbox.messages()[0].get_body(("plain",)).get_content())


def test_the_code_is_sent_and_kept_nowhere_after(harness: NotificationsHarness) -> None:
    harness.access(harness.person(), code="042137")

    go_on(harness)

    assert "Je code is 042137" in text_of(harness)
    message = harness.message("access_code")
    assert message.secret is None
    stored = b"".join(path.read_bytes() for path in (harness.folder / "stores").glob("notifications*"))
    assert b"042137" not in stored


def test_a_code_that_one_asks_for_offers_no_stop_that_would_stop_all_the_rest(
    harness: NotificationsHarness,
) -> None:
    harness.access(harness.person(), code="042137")

    go_on(harness)

    assert "/mijn/berichten/stop/" not in text_of(harness)
    assert harness.mailbox.messages()[0]["List-Unsubscribe"] is None


def test_the_subject_that_a_closed_phone_shows_has_no_code(harness: NotificationsHarness) -> None:
    harness.access(harness.person(), code="042137")

    go_on(harness)

    assert harness.mailbox.messages()[0]["Subject"] == "Je code"


def test_a_code_goes_at_night_because_somebody_sits_waiting_for_it(harness: NotificationsHarness) -> None:
    harness.clock_at("2026-11-16 23.30")
    harness.access(harness.person())

    go_on(harness)

    assert harness.states("access_code") == [("access_code", "accepted", None)]


def test_a_code_needs_no_yes_because_it_is_an_answer(harness: NotificationsHarness) -> None:
    harness.access(harness.person(purposes=()))

    go_on(harness)

    assert harness.states("access_code") == [("access_code", "accepted", None)]


def test_a_code_that_could_only_come_too_late_is_not_sent(harness: NotificationsHarness) -> None:
    harness.access(harness.person())
    harness.consume()
    harness.clock_at("2026-11-16 10.11")

    harness.send()

    assert harness.states("access_code") == [("access_code", "expired", "too_late")]
    assert harness.message("access_code").secret is None
    assert not harness.mailbox.messages()


def test_who_left_no_address_gets_no_code_and_nobody_is_asked_to_tell_it(harness: NotificationsHarness) -> None:
    harness.access(harness.person(email=None))

    go_on(harness)

    assert harness.states("access_code") == [("access_code", "suppressed", "no_address")]
    assert harness.message("access_code").asked_at is None


def test_one_request_is_one_message_however_often_it_is_consumed(harness: NotificationsHarness) -> None:
    person = harness.person()
    harness.access(person)
    harness.access(person)

    go_on(harness)

    assert Message.select().where(Message.message_type == "access_code").count() == 2
