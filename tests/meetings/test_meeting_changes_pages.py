"""The pages on which one meeting is moved, is off, gets somebody else to lead it, or is passed on in person."""

from __future__ import annotations

import re
from typing import Any

import pytest

from services.meetings.models import Meeting, Membership, service


@pytest.fixture
def morning(evening: Any) -> Any:
    """The day itself; Noor can be reached by mail, Robin cannot."""
    evening.clock_at("2026-11-24 09.00")
    evening.reached(Membership.get_by_id(evening.noor).participant_id, "email")
    evening.consume()
    return evening


def lines(purpose: str) -> int:
    table = service.audit.AuditEntry
    count: int = table.select().where(table.purpose == purpose).count()
    return count


def test_a_meeting_is_moved_and_the_page_says_whom_to_tell(morning: Any) -> None:
    kim = morning.visitor(morning.kim)
    page = kim.open(morning.here)
    form = kim.open(page.link(f"{morning.here}/wijzigen"))
    assert "1 van de 2 mensen krijgt geen bericht van ons" in form.text

    values = kim.submit(form, f"{morning.here}/verplaatsen", on="2026-11-26", at="20:00")

    assert values.path == f"{morning.here}/vertellen"
    assert "De bijeenkomst is verplaatst" in values.text
    assert "Eerst was het dinsdag 24 november, 19.30" in values.text
    assert "Robin" in values.text
    assert "Noor" not in values.text
    assert lines("tell_in_person") == 1
    shown = kim.open(morning.here)
    assert "Donderdag 26 november, 20.00" in shown.text
    assert "1 persoon krijgt geen bericht" in shown.text


def test_when_everybody_can_be_reached_there_is_nobody_to_tell(morning: Any) -> None:
    morning.reached(Membership.get_by_id(morning.robin).participant_id, "sms")
    morning.consume()
    kim = morning.visitor(morning.kim)

    page = kim.submit(kim.open(f"{morning.here}/wijzigen"), f"{morning.here}/afzeggen")

    assert page.path == morning.here
    assert "Deze bijeenkomst gaat niet door" in page.text
    assert "geen bericht" not in page.text
    assert "Iedereen krijgt een bericht van ons" in kim.open(f"{morning.here}/vertellen").text


def test_another_place_is_shown_on_the_meeting_and_kept_in_the_form(morning: Any) -> None:
    kim = morning.visitor(morning.kim)
    form = kim.open(f"{morning.here}/wijzigen")

    kim.submit(
        form, f"{morning.here}/verplaatsen", where="other", place_name="Bibliotheek", place_address="Markt 2"
    )

    assert "Bibliotheek, Markt 2" in kim.open(morning.here).text
    again = kim.open(f"{morning.here}/wijzigen").form(f"{morning.here}/verplaatsen")
    assert (again.fields["where"], again.fields["place_name"]) == (["other"], ["Bibliotheek"])


def test_another_place_that_would_hold_messages_back_is_asked_about_once(morning: Any) -> None:
    kim = morning.visitor(morning.kim)
    place = {"where": "other", "place_name": "Kliniek West", "place_address": "Markt 2"}

    asked = kim.submit(kim.open(f"{morning.here}/wijzigen"), f"{morning.here}/verplaatsen", **place)

    assert asked.status == 409
    assert "In deze plek staat ‘kliniek’" in asked.text
    assert "Kliniek West" not in kim.open(morning.here).text
    kim.submit(asked, f"{morning.here}/verplaatsen", keeps_words="1")
    assert "Kliniek West, Markt 2" in kim.open(morning.here).text
    again = kim.submit(kim.open(f"{morning.here}/wijzigen"), f"{morning.here}/verplaatsen", minutes="90")
    assert again.status == 200


@pytest.mark.parametrize(
    ("filled", "sentence", "status"),
    [
        ({"on": ""}, "Vul dit nog in.", 400),
        ({"on": "2020-01-01"}, "Dit moment is al voorbij", 409),
        ({"where": "other", "place_name": "De Brug"}, "de naam én het adres", 409),
        ({}, "De bijeenkomst staat al zo", 409),
    ],
)
def test_what_cannot_be_is_shown_beside_the_form_with_what_was_typed(
    morning: Any, filled: dict[str, str], sentence: str, status: int
) -> None:
    kim = morning.visitor(morning.kim)

    page = kim.submit(kim.open(f"{morning.here}/wijzigen"), f"{morning.here}/verplaatsen", **filled)

    assert page.status == status
    assert sentence in page.text
    form = page.form(f"{morning.here}/verplaatsen")
    assert {name: form.fields[name][0] for name in filled} == filled


def test_what_is_off_offers_to_go_on_and_says_again_whom_to_tell(morning: Any) -> None:
    vos = morning.visitor(morning.vos)
    vos.submit(vos.open(f"{morning.here}/wijzigen"), f"{morning.here}/afzeggen")
    page = vos.open(f"{morning.here}/wijzigen")
    assert not [form for form in page.forms if form.action.endswith("/verplaatsen")]

    values = vos.submit(page, f"{morning.here}/toch-door")

    assert Meeting.get_by_id(morning.tonight).state == "planned"
    assert "gaat toch door" in values.text
    assert "Robin" in values.text
    assert "Noor" not in values.text


def test_a_group_without_names_is_informed_at_the_door(harness: Any) -> None:
    meeting_id = harness.meeting(harness.headcount_group())
    kim, here = harness.visitor(harness.kim), f"/bijeenkomsten/{meeting_id}"

    values = kim.submit(kim.open(f"{here}/wijzigen"), f"{here}/afzeggen")

    assert values.path == f"{here}/vertellen"
    assert "hang het op bij de deur" in values.text


def test_after_the_start_the_page_offers_nothing_and_says_why(evening: Any) -> None:
    page = evening.visitor(evening.kim).open(f"{evening.here}/wijzigen")

    assert "al begonnen of geweest" in page.text
    assert not [form for form in page.forms if form.action.startswith(evening.here)]


def test_a_press_that_comes_too_late_is_answered_on_the_page(morning: Any) -> None:
    kim = morning.visitor(morning.kim)
    page = kim.open(f"{morning.here}/wijzigen")
    morning.clock_at("2026-11-24 19.30")

    late = kim.submit(page, f"{morning.here}/afzeggen")

    assert late.status == 409
    assert "al begonnen of geweest" in late.text


def test_somebody_stands_in_and_finds_the_evening_on_vandaag(morning: Any) -> None:
    kim, sam = morning.visitor(morning.kim), morning.visitor(morning.sam)
    assert "Noor" not in sam.open(morning.here).text
    page = kim.open(kim.open(morning.here).link(f"{morning.here}/invallen"))

    page = kim.submit(page, f"{morning.here}/invallen", staff_id=morning.sam)

    assert "Deze collega valt in" in page.text
    assert "Deze keer valt in: Sam" in kim.open(morning.here).text
    assert sam.open("/").link(morning.here) == morning.here
    assert "Noor" in sam.open(morning.here).text
    page = kim.submit(page, f"{morning.here}/invallen/{morning.sam}/weg")
    assert "Noor" not in sam.open(morning.here).text


def test_who_leads_writes_down_that_somebody_rang(morning: Any) -> None:
    kim = morning.visitor(morning.kim)
    path = f"{morning.here}/afmeldingen"
    page = kim.open(kim.open(morning.here).link(path))
    form = next(form for form in page.forms if form.fields.get("membership_id") == [morning.robin])

    answer = kim.client.post(path, data=form.fields)

    assert (answer.status_code, answer.location) == (303, path)
    page = kim.open(path)
    assert "afgemeld" in page.text
    assert lines("call_offs") == 2
    back = next(form for form in page.forms if form.fields.get("membership_id") == [morning.robin])
    kim.client.post(path, data=back.fields)
    assert [event.data["state"] for event in morning.events("call_off_received")] == [
        "called_off",
        "taken_back",
    ]


def test_who_may_not_plan_is_offered_no_way_to(morning: Any) -> None:
    sam = morning.visitor(morning.sam)

    assert not re.search(r"/wijzigen|/invallen|/afmeldingen", sam.open(morning.here).html)
    for path in ("wijzigen", "invallen", "afmeldingen", "vertellen"):
        assert sam.open(f"{morning.here}/{path}").status == 403


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"on": "99999999999-1-1"}, "schrijf hem dan als 24-11-2026"),
        ({"at": "15:00:30"}, "alleen uren en minuten"),
        ({"at": "15:00:00+05:00"}, "alleen uren en minuten"),
        ({"on": "2027-03-28", "at": "02.30"}, "slaat de klok dit uur over"),
    ],
)
def test_a_moment_that_is_none_is_refused_with_a_sentence(
    morning: Any, typed: dict[str, str], sentence: str
) -> None:
    kim = morning.visitor(morning.kim)
    filled = {"on": "2026-11-26", "at": "20:00"} | typed

    page = kim.submit(kim.open(f"{morning.here}/wijzigen"), f"{morning.here}/verplaatsen", **filled)

    assert page.status in (400, 409)
    assert sentence in page.text


def test_a_day_with_two_digits_for_the_year_is_of_this_century(morning: Any) -> None:
    kim = morning.visitor(morning.kim)

    kim.submit(kim.open(f"{morning.here}/wijzigen"), f"{morning.here}/verplaatsen", on="26-11-26", at="20.00")

    meeting = Meeting.get_by_id(morning.tonight)
    assert (meeting.on.isoformat(), meeting.at.isoformat()) == ("2026-11-26", "20:00:00")


def test_in_the_hour_that_comes_twice_the_first_is_taken_and_said(morning: Any) -> None:
    kim = morning.visitor(morning.kim)
    filled = {"on": "2027-10-31", "at": "02:30"}

    page = kim.submit(kim.open(f"{morning.here}/wijzigen"), f"{morning.here}/verplaatsen", **filled)

    assert "De bijeenkomst is verplaatst" in page.text
    assert "We gaan uit van de eerste keer" in page.text


def test_where_nobody_is_expected_no_message_is_promised_and_nobody_calls_off(
    morning: Any,
) -> None:
    empty = morning.meeting(morning.group("Lege groep"))
    here = f"/bijeenkomsten/{empty}"
    kim = morning.visitor(morning.kim)

    page = kim.open(f"{here}/wijzigen")

    assert "Er doet nog niemand mee, dus er gaat geen bericht uit." in page.text
    assert "Het bericht wordt meteen verstuurd." not in page.text
    assert "Het bericht wordt meteen verstuurd." in kim.open(f"{morning.here}/wijzigen").text
    assert f"{here}/afmeldingen" not in kim.open(here).html


def test_who_has_no_number_reads_who_can_look_it_up(morning: Any) -> None:
    kim = morning.visitor(morning.kim)
    page = kim.submit(kim.open(f"{morning.here}/wijzigen"), f"{morning.here}/afzeggen")

    assert "Vraag Sam of Vos of er een is." in page.text
