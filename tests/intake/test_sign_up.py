"""Signing oneself up, as somebody with a browser sees it."""

import re
from typing import Any

import pytest

from services.intake.models import Consent, Contact, Participant, Signup
from services.intake.queries import signups as queries

FULL = {
    "call_name": "Noor",
    "email": "noor@example.org",
    "mobile": "06 12345678",
    "phone": ["phone_is_shared"],
    "purposes": ["reminders", "questionnaires"],
    "help_question": "Minder alleen zijn",
    "audience": "own",
    "days": ["1", "3"],
    "parts_of_day": ["evening"],
    "area": "3412 AB",
    "needs": ["wheelchair"],
}


def test_a_name_is_enough_and_an_alias_is_fine(harness: Any) -> None:
    harness.organisation()

    answer = harness.visitor().send("/aanmelden/de-kade", {"call_name": "Ster"})

    assert answer.status_code == 303
    assert answer.headers["Location"] == "/aanmelden/de-kade/bedankt?adres=nee"
    assert [event.type.split(".")[3] for event in harness.events()] == [
        "participant_changed",
        "contact_changed",
        "consent_changed",
        "signup_received",
    ]
    assert harness.events("contact_changed")[0].data["channels"] == []


def test_everything_that_was_filled_in_is_kept_for_who_may_see_it(harness: Any) -> None:
    organisation_id = harness.organisation()

    harness.visitor().send("/aanmelden/de-kade", FULL)

    actor = harness.actor("intro_worker", organisation_id=organisation_id)
    signup = queries.list_waiting(actor)[0]
    person, wish = signup.person, signup.wish
    assert (person.call_name, person.email, person.mobile) == ("Noor", "noor@example.org", "+31612345678")
    assert (person.phone_is_shared, person.may_leave_message) == (True, False)
    assert person.purposes == ("questionnaires", "reminders")
    assert (wish.days, wish.parts_of_day, wish.area, wish.audience) == ((1, 3), ("evening",), "3412", "own")
    assert queries.get_help_question(actor, signup.id) == "Minder alleen zijn"


def test_a_tab_without_its_cookie_shows_the_form_again_with_everything_that_was_typed(harness: Any) -> None:
    harness.organisation()
    visitor, typed = harness.visitor(), FULL | {"help_question": "Minder alleen zijn. " * 30}

    again = visitor.client.post("/aanmelden/de-kade", data={**typed, "csrf_token": "of an older tab"})

    assert again.status_code == 400
    assert "Er is nog niets verstuurd" in again.text
    for value in ("Noor", "noor@example.org", "06 12345678", typed["help_question"].strip(), "3412 AB"):
        assert value in again.text
    assert len(re.findall(r"checked", again.text)) >= len(["phone", "r", "q", "1", "3", "evening", "wheelchair"])
    assert Signup.select().count() == 0
    token = re.search(r'name="csrf_token" value="([^"]+)"', again.text)
    assert token is not None
    sent = visitor.client.post("/aanmelden/de-kade", data={**typed, "csrf_token": token[1]})
    assert sent.status_code == 303
    assert Signup.select().count() == 1


def test_what_is_published_names_channels_and_purposes_and_seals_the_rest(harness: Any) -> None:
    harness.organisation()

    harness.visitor().send("/aanmelden/de-kade", FULL)

    assert harness.events("contact_changed")[0].data["channels"] == ["email", "sms"]
    assert harness.events("consent_changed")[0].data["purposes"] == ["reminders", "questionnaires"]
    sealed = harness.events("contact_changed")[0].data["personal"]
    event = harness.events("contact_changed")[0]
    opened = harness.neighbours["notifications"].encryption.open_from_publisher(
        "intake", event.associated_data, sealed["notifications"]
    )
    assert opened == {
        "email": "noor@example.org",
        "mobile": "+31612345678",
        "may_leave_message": False,
        "phone_is_shared": True,
    }


def test_a_consent_is_kept_per_channel_with_the_text_that_was_read(harness: Any) -> None:
    harness.organisation()

    harness.visitor().send("/aanmelden/de-kade", FULL)

    rows = {(row.purpose, row.channel, row.text_version, row.withdrawn_at) for row in Consent.select()}
    assert rows == {
        (purpose, channel, "2", None)
        for purpose in ("reminders", "questionnaires")
        for channel in ("email", "sms")
    }


def test_no_consent_is_ticked_beforehand(harness: Any) -> None:
    harness.organisation()

    page = harness.visitor().open("/aanmelden/de-kade").text

    assert not re.search(r'name="purposes"[^>]*checked', page)


def test_a_double_click_signs_up_once(harness: Any) -> None:
    harness.organisation()
    visitor = harness.visitor()
    request_id = re.search(r'name="request_id" value="([^"]+)"', visitor.open("/aanmelden/de-kade").text)
    assert request_id

    first = visitor.send("/aanmelden/de-kade", FULL, again=request_id[1])
    second = visitor.send("/aanmelden/de-kade", FULL, again=request_id[1])

    assert first.headers["Location"] == second.headers["Location"]
    assert (Signup.select().count(), Participant.select().count(), len(harness.events())) == (1, 1, 4)


def test_loading_the_page_of_thanks_again_does_nothing(harness: Any) -> None:
    harness.organisation()
    visitor = harness.visitor()
    there = visitor.send("/aanmelden/de-kade", {"call_name": "Ster"}).headers["Location"]

    pages = [visitor.open(there).text for _ in range(3)]

    assert all("je bent aangemeld" in page for page in pages)
    assert Signup.select().count() == 1


def test_two_tabs_are_two_sign_ups_that_a_colleague_sees_as_perhaps_one(harness: Any) -> None:
    organisation_id = harness.organisation()
    visitor = harness.visitor()

    for tab in ("Noor", "N."):
        visitor.send("/aanmelden/de-kade", FULL | {"call_name": tab, "email": "NOOR@example.org"})

    waiting = queries.list_waiting(harness.actor("intro_worker", organisation_id=organisation_id))
    assert [signup.doubles for signup in waiting] == [(waiting[1].id,), (waiting[0].id,)]
    page = harness.visitor("intro_worker", organisation_id=organisation_id).open("/kennismaking").text
    assert page.count("misschien dubbel") == 2


def test_the_same_address_with_another_organisation_is_nobodys_business(harness: Any) -> None:
    first, second = harness.organisation(), harness.organisation("Het Anker", "het-anker")

    for organisation_id in (first, second):
        harness.signed_up(organisation_id, email="noor@example.org")

    for organisation_id in (first, second):
        actor = harness.actor("intro_worker", organisation_id=organisation_id)
        assert [signup.doubles for signup in queries.list_waiting(actor)] == [()]


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("mobile", "12", "Dit lijkt geen telefoonnummer."),
        ("mobile", "mijn nummer", "Dit lijkt geen telefoonnummer."),
        ("mobile", "0611", "Dit lijkt geen telefoonnummer."),
        ("mobile", "020 7946123", "Dit lijkt een vast nummer."),
        ("email", "noor@", "Dit lijkt geen e-mailadres."),
        ("email", "noor at example.org", "Dit lijkt geen e-mailadres."),
        ("area", "abc", "Vul de eerste cijfers van je postcode in"),
        ("call_name", "   ", "Hoe mogen we je noemen?"),
        ("call_name", "x" * 61, "Deze naam is te lang"),
        ("help_question", "x" * 601, "hoogstens 600 tekens"),
        ("audience", "everybody", "voor jezelf komt of als naaste"),
        ("days", "9", "Kies dagen uit de lijst"),
        ("purposes", "everything", "Deze keuze kennen we niet"),
        ("needs", "swimming_pool", "Deze wens kennen we niet"),
    ],
)
def test_what_is_not_right_is_refused_kindly_and_nothing_is_kept(
    harness: Any, field: str, typed: str, sentence: str
) -> None:
    harness.organisation()

    answer = harness.visitor().send("/aanmelden/de-kade", {**FULL, field: typed})

    assert answer.status_code in (400, 409)
    assert sentence in answer.text
    assert f'id="f-{field}-error"' in answer.text or field in ("days", "purposes", "needs")
    assert (Signup.select().count(), Participant.select().count(), Contact.select().count()) == (0, 0, 0)
    assert harness.events() == []


def test_what_was_typed_is_still_there_after_a_slip_and_the_fixed_form_is_the_same_request(harness: Any) -> None:
    harness.organisation()
    visitor = harness.visitor()

    page = visitor.send("/aanmelden/de-kade", FULL | {"mobile": "12"}).text

    assert 'value="noor@example.org"' in page
    assert ">\nMinder alleen zijn</textarea>" in page
    assert re.search(r'value="reminders" checked', page)
    assert '<details class="more flow" open>' in page
    request_id = re.findall(r'name="request_id" value="([^"]+)"', page)[-1]
    assert visitor.send("/aanmelden/de-kade", FULL, again=request_id).status_code == 303


def test_a_message_to_somebody_without_an_address_is_not_promised(harness: Any) -> None:
    harness.organisation()

    answer = harness.visitor().send("/aanmelden/de-kade", {"call_name": "Ster", "purposes": ["reminders"]})

    assert answer.status_code == 409
    assert "nog niet kunnen bereiken" in answer.text


def test_who_leaves_no_address_reads_what_they_can_do(harness: Any) -> None:
    harness.organisation()

    page = harness.visitor().open("/aanmelden/de-kade/bedankt?adres=nee").text

    assert "We kunnen je alleen niets laten weten" in page
    assert "Noem dan de naam die je koos" in page
    assert '<a href="/aanmelden/de-kade">Meld je dan opnieuw aan</a>' in page
    assert "Bel De Kade" not in page


def test_with_one_organisation_there_is_nothing_to_choose(harness: Any) -> None:
    harness.organisation()

    answer = harness.visitor().open("/aanmelden")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/aanmelden/de-kade")


def test_with_several_organisations_one_chooses(harness: Any) -> None:
    harness.organisation()
    harness.organisation("Het Anker", "het-anker")

    page = harness.visitor().open("/aanmelden").text

    assert 'href="/aanmelden/de-kade"' in page
    assert 'href="/aanmelden/het-anker"' in page


def test_without_any_organisation_the_page_says_so(harness: Any) -> None:
    page = harness.visitor().open("/aanmelden")

    assert page.status_code == 200
    assert "nu nog niet aanmelden" in page.text


def test_an_organisation_that_is_not_there_is_not_found(harness: Any) -> None:
    harness.organisation()

    for path in ("/aanmelden/nergens", "/aanmelden/nergens/bedankt"):
        assert harness.visitor().open(path).status_code == 404


def test_a_form_of_nobody_is_refused(harness: Any) -> None:
    harness.organisation()

    answer = harness.visitor().client.post("/aanmelden/de-kade", data={"call_name": "Noor"})

    assert answer.status_code == 400
    assert "stond te lang open" in answer.text
    assert Signup.select().count() == 0


@pytest.mark.parametrize("path", ["/aanmelden/de-kade", "/aanmelden/de-kade/bedankt"])
def test_the_pages_tell_nothing_to_who_looks_along(harness: Any, path: str) -> None:
    organisation_id = harness.organisation()

    for visitor in (harness.visitor(), harness.visitor("intro_worker", organisation_id=organisation_id)):
        page = visitor.open(path).text
        assert "Snel weg" in page
        title = re.search(r"<title>(.*?)</title>", page, re.DOTALL)
        assert title
        assert title[1].strip() in ("Aanmelden", "Dank je wel")
        assert "Kim" not in page


def test_the_address_tells_nothing_of_who_signed_up(harness: Any) -> None:
    harness.organisation()

    there = harness.visitor().send("/aanmelden/de-kade", FULL).headers["Location"]

    assert there == "/aanmelden/de-kade/bedankt"
