"""A code for somebody's own page: at once, by their own channel, and nowhere to be read afterwards."""

from __future__ import annotations

from services.notifications.models import Message
from tests.notifications.conftest import Office
from tests.notifications.doing import go_on


def text_of(house: Office) -> str:
    return str(house.mailbox.messages()[0].get_body(("plain",)).get_content())


def test_the_code_is_sent_and_kept_nowhere_after(house: Office) -> None:
    house.access(house.person(), code="042137")

    go_on(house)

    assert "Je code is 042137" in text_of(house)
    message = house.one("access_code")
    assert message.secret is None
    stored = b"".join(path.read_bytes() for path in (house.folder / "stores").glob("notifications*"))
    assert b"042137" not in stored


def test_a_code_that_one_asks_for_offers_no_stop_that_would_stop_all_the_rest(house: Office) -> None:
    house.access(house.person(), code="042137")

    go_on(house)

    assert "/mijn/berichten/stop/" not in text_of(house)
    assert house.mailbox.messages()[0]["List-Unsubscribe"] is None


def test_the_subject_that_a_closed_phone_shows_has_no_code(house: Office) -> None:
    house.access(house.person(), code="042137")

    go_on(house)

    assert house.mailbox.messages()[0]["Subject"] == "Je code"


def test_a_code_goes_at_night_because_somebody_sits_waiting_for_it(house: Office) -> None:
    house.clock_at("2026-11-16 23.30")
    house.access(house.person())

    go_on(house)

    assert house.states("access_code") == [("access_code", "accepted", None)]


def test_a_code_needs_no_yes_because_it_is_an_answer(house: Office) -> None:
    house.access(house.person(purposes=()))

    go_on(house)

    assert house.states("access_code") == [("access_code", "accepted", None)]


def test_a_code_that_could_only_come_too_late_is_not_sent(house: Office) -> None:
    house.access(house.person())
    house.hear()
    house.clock_at("2026-11-16 10.11")

    house.send()

    assert house.states("access_code") == [("access_code", "expired", "too_late")]
    assert house.one("access_code").secret is None
    assert not house.mailbox.messages()


def test_who_left_no_address_gets_no_code_and_nobody_is_asked_to_tell_it(house: Office) -> None:
    house.access(house.person(email=None))

    go_on(house)

    assert house.states("access_code") == [("access_code", "suppressed", "no_address")]
    assert house.one("access_code").asked_at is None


def test_one_asking_is_one_message_however_often_it_is_heard(house: Office) -> None:
    person = house.person()
    house.access(person)
    house.access(person)

    go_on(house)

    assert Message.select().where(Message.kind == "access_code").count() == 2
