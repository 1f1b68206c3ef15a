"""Several who were missed on one page: each note is judged on its own, and none that was typed is lost."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from services.notifications.models import Message
from services.notifications.queries.templates import note_of
from shared.ids import new_id
from tests.notifications.conftest import NotificationsHarness

PAGE = "/berichten/gemist"
NAMES = ("Noor", "Bo", "Mees")
BETRAYS = "Hoe gaat het met je herstel?"
TOO_LONG = "x" * 121


@pytest.fixture
def waiting(harness: NotificationsHarness) -> dict[str, str]:
    """Return name -> message of three people who were missed in the group that Kim leads."""
    return miss(harness, *NAMES)


def miss(harness: NotificationsHarness, *names: str) -> dict[str, str]:
    """Have these people be missed in the group that Kim leads; returns name -> message."""
    group_id = harness.group()
    harness.staff(harness.kim, group_ids=[group_id])
    meeting_id = harness.meeting(group_id)
    harness.clock_at("2026-11-24 21.40")
    return {name: miss_at(harness, name, group_id, meeting_id) for name in names}


def miss_at(harness: NotificationsHarness, name: str, group_id: str, meeting_id: str) -> str:
    person = harness.person(name=name, email=f"{new_id()}@example.org", purposes=("missed_you",))
    harness.absent(person, harness.membership(person, group_id, starts_on="2026-09-01"), meeting_id)
    harness.consume()
    return str(Message.get(Message.participant_id == person, Message.message_type == "missed_you").id)


def typed_for(waiting: dict[str, str], **notes: str) -> dict[str, Any]:
    return {f"personal_note-{waiting[name]}": note for name, note in notes.items()}


def kept(waiting: dict[str, str]) -> dict[str, str]:
    """Return name -> what is kept with the message, of those that have a note."""
    notes = {name: note_of(Message.get_by_id(message_id)) for name, message_id in waiting.items()}
    return {name: note for name, note in notes.items() if note}


def shown_for(page: Any, message_id: str) -> str:
    """Return what stands in the field of one message."""
    (note,) = page.form(PAGE).fields[f"personal_note-{message_id}"]
    return str(note)


def test_saving_keeps_the_note_of_everybody_on_the_page(
    harness: NotificationsHarness, waiting: dict[str, str]
) -> None:
    visitor = harness.visitor("facilitator")

    page = visitor.submit(visitor.open(PAGE), PAGE, **typed_for(waiting, Noor="Tot dinsdag?", Mees="Dag Mees"))

    assert kept(waiting) == {"Noor": "Tot dinsdag?", "Mees": "Dag Mees"}
    assert "Bij 2 berichten staat nu wat jij schreef." in page.text


def test_a_note_that_is_refused_stays_in_its_field_and_the_others_are_kept(
    harness: NotificationsHarness, waiting: dict[str, str]
) -> None:
    visitor = harness.visitor("facilitator")
    typed = typed_for(waiting, Noor=BETRAYS, Bo=TOO_LONG, Mees="Tot dinsdag?")

    page = visitor.submit(visitor.open(PAGE), PAGE, **typed)
    first = kept(waiting)
    again = visitor.submit(page, PAGE, **typed_for(waiting, Noor="Hoe gaat het?", Bo="Dag!"))

    assert page.status in (400, 409)
    assert first == {"Mees": "Tot dinsdag?"}
    assert [shown_for(page, waiting[name]) for name in NAMES] == [BETRAYS, TOO_LONG, "Tot dinsdag?"]
    for sentence in (
        "een woord dat te veel verraadt",
        "Jouw zin voor Bo: maak dit korter: hoogstens 120 tekens.",
        "Wat je bij anderen schreef, is bewaard.",
    ):
        assert sentence in page.text
    assert again.status == 200
    assert kept(waiting) == {"Noor": "Hoe gaat het?", "Bo": "Dag!", "Mees": "Tot dinsdag?"}


def test_holding_one_back_keeps_what_was_typed_for_the_others(
    harness: NotificationsHarness, waiting: dict[str, str]
) -> None:
    visitor = harness.visitor("facilitator")
    page, there = visitor.open(PAGE), f"{PAGE}/{waiting['Noor']}/tegenhouden"
    typed = typed_for(waiting, Noor="Toch niet", Bo="Tot dinsdag?", Mees=BETRAYS)

    answers = [visitor.submit(page, there, **typed) for _ in range(2)]

    assert Message.get_by_id(waiting["Noor"]).reason == "held_back"
    assert kept(waiting) == {"Bo": "Tot dinsdag?"}
    for answer in answers:
        assert "Dit bericht wordt niet verstuurd. Wat je bij anderen schreef, is ook bewaard." in answer.text
        assert shown_for(answer, waiting["Mees"]) == BETRAYS


def test_what_was_typed_for_a_message_that_has_gone_is_given_back_and_the_others_are_kept(
    harness: NotificationsHarness, waiting: dict[str, str]
) -> None:
    visitor, colleague = harness.visitor("facilitator"), harness.visitor("facilitator")
    page, there = visitor.open(PAGE), f"{PAGE}/{waiting['Noor']}/tegenhouden"
    colleague.submit(colleague.open(PAGE), there)

    answer = visitor.submit(page, there, **typed_for(waiting, Noor="Dag Noor", Bo="Tot dinsdag?"))

    assert answer.status == 409
    assert "Je zin “Dag Noor” is niet bewaard." in answer.text
    assert "Wat je bij anderen schreef, is bewaard." in answer.text
    assert kept(waiting) == {"Bo": "Tot dinsdag?"}


def test_a_note_that_was_not_changed_leaves_what_was_written_meanwhile(
    harness: NotificationsHarness, waiting: dict[str, str]
) -> None:
    visitor, colleague = harness.visitor("facilitator"), harness.visitor("facilitator")
    page = visitor.open(PAGE)
    colleague.submit(colleague.open(PAGE), PAGE, **typed_for(waiting, Noor="Van ons", Bo="Dag Bo"))

    answer = visitor.submit(page, PAGE, **typed_for(waiting, Bo="Dag Bo, van mij", Mees="Tot dinsdag?"))
    first = kept(waiting)
    visitor.submit(answer, PAGE)

    assert first == {"Noor": "Van ons", "Bo": "Dag Bo", "Mees": "Tot dinsdag?"}
    assert "Bij Bo is intussen een andere zin bewaard." in answer.text
    assert kept(waiting) == first | {"Bo": "Dag Bo, van mij"}


def test_a_page_on_which_nothing_was_changed_saves_nothing(
    harness: NotificationsHarness, waiting: dict[str, str]
) -> None:
    visitor = harness.visitor("facilitator")

    page = visitor.submit(visitor.open(PAGE), PAGE)

    assert "Er is niets veranderd." in page.text
    assert kept(waiting) == {}


def test_a_note_for_somebody_in_a_group_of_another_facilitator_is_refused_alone(
    harness: NotificationsHarness, waiting: dict[str, str]
) -> None:
    group_id = harness.group(name="Woensdaggroep")
    theirs = miss_at(harness, "Vlinder", group_id, harness.meeting(group_id))
    visitor = harness.visitor("facilitator")
    typed = {f"personal_note-{theirs}": "Hoi"} | typed_for(waiting, Noor="Tot dinsdag?")

    answer = visitor.submit(visitor.open(PAGE), PAGE, **typed)

    assert answer.status == 404
    assert "Vlinder" not in answer.text
    assert kept(waiting | {"Vlinder": theirs}) == {"Noor": "Tot dinsdag?"}


def test_two_who_are_called_alike_have_a_number_for_who_leads_them_and_not_in_their_message(
    harness: NotificationsHarness,
) -> None:
    miss(harness, "Noor", "Mees", "noor")

    page = harness.visitor("facilitator").open(PAGE)

    for words in ("Noor (1)", "noor (2)", "Jouw zin voor Noor (1)", "Hoi Noor,", "Hoi noor,"):
        assert words in page.text
    assert "Mees (1)" not in page.text


def test_two_notes_that_are_refused_for_the_same_reason_each_say_for_whom_they_were(
    harness: NotificationsHarness, waiting: dict[str, str]
) -> None:
    visitor = harness.visitor("facilitator")

    page = visitor.submit(visitor.open(PAGE), PAGE, **typed_for(waiting, Noor=BETRAYS, Bo=BETRAYS))

    for name in ("Noor", "Bo"):
        assert f"In je zin voor {name} staat een woord dat te veel verraadt" in page.text
    assert kept(waiting) == {}


@pytest.mark.parametrize(("typed", "is_kept"), [("Tot dinsdag?", True), (BETRAYS, False)])
def test_a_page_from_before_all_notes_stood_in_one_form_saves_its_note_or_says_why_not(
    harness: NotificationsHarness, waiting: dict[str, str], typed: str, is_kept: bool
) -> None:
    visitor = harness.visitor("facilitator")
    form = replace(visitor.open(PAGE).form(PAGE), action=f"{PAGE}/{waiting['Noor']}/regel")

    answer = visitor.send(form, personal_note=typed)

    assert kept(waiting) == ({"Noor": typed} if is_kept else {})
    assert shown_for(answer, waiting["Noor"]) == typed
    assert ("In je zin voor Noor staat een woord" in answer.text) is not is_kept
