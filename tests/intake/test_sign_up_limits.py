"""How often one may sign up from a network; an address has no limit that a stranger could use up."""

from __future__ import annotations

from typing import Any

from services.intake.models import Signup, rate_limiter

REACH = {"email": "noor@example.org", "mobile": "+31612345678"}


def send(harness: Any, network: str = "203.0.113.7", claims: str = "", **fields: Any) -> int:
    visitor = harness.visitor()
    visitor.network, visitor.forwarded_for = network, claims
    return int(visitor.send("/aanmelden/de-kade", {"call_name": "Ster", **fields}).status_code)


def test_from_one_network_twenty_people_an_hour_can_sign_up(harness: Any) -> None:
    harness.organisation()

    answers = [send(harness) for _ in range(21)]

    assert answers == [303] * 20 + [429]
    assert send(harness, "198.51.100.7") == 303
    assert Signup.select().count() == 21


def test_a_network_that_a_visitor_only_claims_does_not_count(harness: Any) -> None:
    harness.organisation()

    answers = [send(harness, claims=f"198.51.100.{number}") for number in range(21)]

    assert answers == [303] * 20 + [429]


def test_strangers_who_sign_up_with_somebodys_address_keep_her_from_nothing_and_tell_nothing(harness: Any) -> None:
    harness.organisation()
    strangers = [send(harness, f"203.0.113.{number}", email="noor@example.org") for number in range(8)]

    hers = send(harness, "198.51.100.7", email="Noor@example.org")

    assert {*strangers, hers} == {303}
    assert Signup.select().count() == 9


def test_a_form_that_was_not_right_and_one_that_is_sent_twice_count_for_nothing(harness: Any) -> None:
    harness.organisation()
    for _ in range(30):
        assert send(harness, call_name="") in (400, 409)
    assert not rate_limiter.Attempt.select().exists()


def test_what_colleagues_and_programs_sign_up_is_not_counted(harness: Any) -> None:
    organisation_id = harness.organisation()
    for _ in range(6):
        harness.signed_up(organisation_id, **REACH)

    assert not rate_limiter.Attempt.select().exists()


def test_the_form_says_so_in_words_and_keeps_what_was_filled_in(harness: Any) -> None:
    harness.organisation()
    for _ in range(20):
        send(harness)
    visitor = harness.visitor()
    visitor.network = "203.0.113.7"

    page = visitor.send("/aanmelden/de-kade", {"call_name": "Ster van de Zee"}).text

    assert "Er zijn vanaf hier al veel aanmeldingen gedaan" in page
    assert 'value="Ster van de Zee"' in page
