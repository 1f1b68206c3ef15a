"""Somebody is forgotten: answers go at once, and how many lists were completed stays, of nobody in particular."""

from __future__ import annotations

from typing import Any

from services.intake import events as intake
from services.questionnaires.commands import answers
from services.questionnaires.models import Answer, Consent, Measurement, Membership
from services.questionnaires.queries.answers import get_sheet
from services.questionnaires.queries.counts import count_states
from shared.ids import new_id
from shared.security.actor import Actor


def erase(harness: Any) -> None:
    harness.publish(
        intake.ERASURE_REQUESTED,
        harness.participant_id,
        participant_id=harness.participant_id,
        organisation_id=harness.organisation_id,
    )
    harness.settle()


def fill_in(measurement_id: str, *, to_the_end: bool) -> None:
    by_link, item = Actor(f"link:{measurement_id}", "link"), get_sheet(measurement_id).item
    assert item is not None
    answers.answer_item(by_link, measurement_id=measurement_id, item_key=item.key, value=2, request_id=new_id())
    if to_the_end:
        answers.finish_measurement(by_link, measurement_id=measurement_id, request_id=new_id())


def numbers(harness: Any) -> Any:
    actor = Actor(new_id(), "staff", grants={harness.organisation_id: frozenset({"coordinator"})})
    return count_states(actor)[harness.group_id]["even_kijken"]


def test_a_completed_list_stays_in_the_numbers_without_answers_and_of_nobody(harness: Any) -> None:
    measurement_id = harness.asked()
    fill_in(measurement_id, to_the_end=True)
    before = numbers(harness)

    erase(harness)

    assert numbers(harness) == before == {"completed": 1}
    assert Answer.select().count() == 0
    [left] = Measurement.select()
    assert not {left.id, left.participant_id} & {measurement_id, harness.participant_id}


def test_a_list_that_was_not_finished_goes_with_what_was_answered(harness: Any) -> None:
    fill_in(harness.asked(), to_the_end=False)

    erase(harness)

    assert (Measurement.select().count(), Answer.select().count()) == (0, 0)


def test_nothing_else_of_the_person_is_left_and_it_is_published(harness: Any) -> None:
    harness.asked()

    erase(harness)

    assert (Membership.select().count(), Consent.select().count()) == (0, 0)
    completed = [data for name, _, data in harness.events() if name == "erasure_completed"]
    assert completed == [{"participant_id": harness.participant_id, "organisation_id": harness.organisation_id}]


def test_whoever_has_the_link_still_reads_kindly_that_it_is_not_needed_any_more(harness: Any) -> None:
    measurement_id = harness.asked()
    link = harness.link(measurement_id)

    erase(harness)
    page = harness.visitor().open(link)

    assert page.status == 410
    assert "niet meer nodig" in page.text
    assert "verwijderd" in page.text


def test_who_joins_by_an_event_that_comes_late_is_not_asked(harness: Any) -> None:
    harness.asked()
    erase(harness)

    harness.membership(membership_id=new_id())
    harness.consent()
    harness.settle()

    assert Measurement.select().count() == 0
    assert harness.dead_letters() == []
