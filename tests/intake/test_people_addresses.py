"""Addresses and numbers: read as people paste them, said at once when they cannot be used, shown as they are."""

from __future__ import annotations

from typing import Any

import pytest

from services.intake.models import Contact, Participant
from services.intake.queries import signups as queries
from services.intake.queries.erasure import search_people
from services.intake.queries.phone_numbers import format_number, may_be_texted, read_number

REMINDERS = ["reminders"]


def sign_up(harness: Any, **fields: Any) -> Any:
    harness.organisation()
    return harness.visitor().send("/aanmelden/de-kade", {"call_name": "Noor", **fields})


def waiting_person(harness: Any, organisation_id: str) -> Any:
    return queries.list_waiting(harness.actor("intro_worker", organisation_id=organisation_id))[0].person


@pytest.mark.parametrize("typed", ["\u200bnoor@example.org.", "mailto:noor@example.org", "N <noor@example.org>"])
def test_an_address_is_taken_out_of_what_was_pasted(harness: Any, typed: str) -> None:
    organisation_id = harness.organisation()

    harness.visitor().send("/aanmelden/de-kade", {"call_name": "Noor", "email": typed})

    assert waiting_person(harness, organisation_id).email == "noor@example.org"


@pytest.mark.parametrize("typed", ["jörg@voorbeeld.nl", "用户@例子.广告"])
def test_an_address_that_can_never_be_mailed_is_said_at_the_form(harness: Any, typed: str) -> None:
    answer = sign_up(harness, email=typed)

    assert answer.status_code == 400
    assert "Naar dit adres kunnen we niet mailen" in answer.text
    assert f'value="{typed}"' in answer.text
    assert Participant.select().count() == 0


def test_somebody_is_found_by_their_address_however_it_is_written(harness: Any) -> None:
    organisation_id = harness.organisation()
    harness.visitor().send("/aanmelden/de-kade", {"call_name": "Noor", "email": "noor@straße.de"})
    actor = harness.actor("coordinator", organisation_id=organisation_id)

    for wanted in ("Noor@STRAßE.de", "noor@xn--strae-oqa.de", " mailto:noor@straße.de"):
        assert [person.call_name for person in search_people(actor, wanted)] == ["Noor"]
    assert search_people(actor, "noor@strasse.de") == []


@pytest.mark.parametrize("wanted", ["+32 470 12 34 56", "0032470123456", "+32470123456"])
def test_somebody_is_found_by_a_number_of_another_country(harness: Any, wanted: str) -> None:
    organisation_id = harness.organisation()
    harness.visitor().send("/aanmelden/de-kade", {"call_name": "Noor", "mobile": "+32 470 12 34 56"})

    people = search_people(harness.actor("coordinator", organisation_id=organisation_id), wanted)

    assert [person.mobile for person in people] == ["+32470123456"]


@pytest.mark.parametrize(
    ("typed", "kept", "shown"),
    [
        ("06 12345678", "+31612345678", "06 12345678"),
        ("0031612345678", "+31612345678", "06 12345678"),
        ("+32 470 12 34 56", "+32470123456", "+32 470 12 34 56"),
        ("+599 318 1234", "+5993181234", "+599 318 1234"),
        ("+297 560 1234", "+2975601234", "+297 560 1234"),
        ("+49 1512 3456789", "+4915123456789", "+49 1512 3456789"),
        ("00 44 7400 123456", "+447400123456", "+44 7400 123456"),
    ],
)
def test_a_number_of_another_country_is_shown_with_its_country(typed: str, kept: str, shown: str) -> None:
    assert read_number(typed) == kept
    assert format_number(kept) == shown
    assert read_number(shown) == kept


def test_a_country_is_its_whole_code() -> None:
    assert may_be_texted("+31612345678", "31")
    assert not may_be_texted("+32470123456", "31")
    assert may_be_texted("+32470123456", "31 32")
    assert may_be_texted(None, "31")


def test_a_number_that_we_cannot_text_is_said_when_messages_would_go_there(harness: Any) -> None:
    answer = sign_up(harness, mobile="+32 470 12 34 56", purposes=REMINDERS)

    assert answer.status_code in (400, 409)
    assert "kunnen we geen sms sturen" in answer.text
    assert 'value="+32 470 12 34 56"' in answer.text
    assert Participant.select().count() == 0


@pytest.mark.parametrize("more", [{}, {"email": "noor@example.org", "purposes": REMINDERS}])
def test_a_number_that_we_can_only_call_is_kept_and_said(harness: Any, more: dict[str, Any]) -> None:
    visitor = harness.visitor()
    harness.organisation()

    answer = visitor.send("/aanmelden/de-kade", {"call_name": "Noor", "mobile": "+32 470 12 34 56", **more})

    assert answer.status_code == 303
    assert "kunnen we geen sms sturen" in visitor.open(answer.headers["Location"]).text
    assert harness.events("contact_changed")[0].data["channels"] == (["email"] if more else [])
    assert not Contact.get().may_be_texted


def test_staff_see_the_number_as_it_is_and_that_it_can_only_be_called(harness: Any) -> None:
    organisation_id = harness.organisation()
    harness.visitor().send("/aanmelden/de-kade", {"call_name": "Noor", "mobile": "+599 318 1234"})
    (signup,) = queries.list_waiting(harness.actor("intro_worker", organisation_id=organisation_id))
    staff = harness.visitor("intro_worker", organisation_id=organisation_id)

    page = staff.open(f"/kennismaking/{signup.id}").text
    listed = staff.open("/kennismaking").text

    assert "+599 318 1234" in page
    assert "Naar dit nummer kunnen we geen sms sturen" in page
    assert "Berichten komen niet aan" not in page
    assert "alleen te bellen" in listed


def test_a_number_of_here_is_texted_as_before(harness: Any) -> None:
    answer = sign_up(harness, mobile="06 12345678", purposes=REMINDERS)

    assert answer.headers["Location"].endswith("/bedankt")
    assert harness.events("contact_changed")[0].data["channels"] == ["sms"]


def test_a_number_that_changes_country_changes_what_may_go_there(harness: Any) -> None:
    organisation_id = harness.organisation()
    harness.visitor().send("/aanmelden/de-kade", {"call_name": "Noor", "mobile": "06 12345678"})
    (signup,) = queries.list_waiting(harness.actor("intro_worker", organisation_id=organisation_id))
    staff = harness.visitor("intro_worker", organisation_id=organisation_id)

    staff.send(f"/kennismaking/{signup.id}/bereik", {"call_name": "Noor", "mobile": "+32 470 12 34 56"})

    assert [event.data["channels"] for event in harness.events("contact_changed")] == [["sms"], []]
