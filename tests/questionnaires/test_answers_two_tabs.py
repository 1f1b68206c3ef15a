"""Double clicks, two tabs, pages that stayed open: never an answer with the wrong statement, nothing lost."""

import re
import threading

import pytest

from services.questionnaires.commands.answers import answer_item
from shared.errors import Forbidden, Refusal
from shared.ids import new_id
from shared.security.actor import PUBLIC, Actor, system


def heading(page):
    return re.search(r"<h1[^>]*>([^<]+)</h1>", page.html)[1]


def first(harness):
    """(measurement, its address, a person, the first statement)"""
    measurement_id = harness.asked()
    person = harness.visitor()
    link = harness.link(measurement_id) + "/uitspraken"
    return measurement_id, link, person, person.open(link)


def test_a_double_click_keeps_one_answer_and_goes_one_statement_on(harness):
    measurement_id, _, person, page = first(harness)

    once, twice = person.choose(page, 4), person.choose(page, 4)

    assert once.status == twice.status == 200
    assert heading(once) == heading(twice) != heading(page)
    assert harness.given(measurement_id) == {"i01": "4"}


def test_a_double_click_on_the_last_statement_thanks_twice_and_completes_once(harness):
    _, _, person, page = first(harness)
    for _ in range(5):
        page = person.choose(page, 3)

    once, twice = person.choose(page, 4), person.choose(page, 4)

    assert heading(once) == heading(twice) == "Dank je wel"
    assert once.status == twice.status == 200
    assert [name for name, _, _ in harness.events()] == ["measurement_opened", "measurement_completed"]


def test_who_presses_again_with_another_answer_on_the_same_page_has_the_last_one_kept(harness):
    measurement_id, _, person, page = first(harness)
    person.choose(page, 4)

    person.choose(page, 2)

    assert harness.given(measurement_id) == {"i01": "2"}


def test_who_presses_skip_after_all_on_the_same_page_has_it_skipped(harness):
    measurement_id, _, person, page = first(harness)
    person.choose(page, 4)

    person.choose(page)

    assert harness.given(measurement_id) == {"i01": "-"}


def test_a_second_tab_is_refused_kindly_and_the_first_answer_stays(harness):
    measurement_id, link, person, tab = first(harness)
    other_tab = person.open(link)
    after = person.choose(tab, 5)

    refused = person.choose(other_tab, 1)

    assert refused.status == 409
    assert "Deze uitspraak had je al gehad. Je eerste antwoord is bewaard." in refused.text
    assert heading(refused) == heading(after)
    assert harness.given(measurement_id) == {"i01": "5"}


def test_the_page_after_a_refusal_answers_its_own_statement(harness):
    measurement_id, link, person, tab = first(harness)
    other_tab = person.open(link)
    person.choose(tab, 5)
    refused = person.choose(other_tab, 1)

    person.choose(refused, 2)

    assert harness.given(measurement_id) == {"i01": "5", "i02": "2"}


def test_two_tabs_that_take_turns_lose_nothing(harness):
    measurement_id, link, person, _ = first(harness)

    for value in (1, 2, 3, 4, 5, 1):
        person.choose(person.open(link), value)

    assert list(harness.given(measurement_id).values()) == ["1", "2", "3", "4", "5", "1"]


def test_an_answer_that_came_late_over_a_slow_line_stays_with_its_own_statement(harness):
    measurement_id, link, person, slow = first(harness)
    person.choose(person.open(link), 2)
    page = person.choose(person.open(link), 3)

    person.choose(slow, 5)

    assert harness.given(measurement_id) == {"i01": "2", "i02": "3"}
    assert heading(page) != heading(slow)


def test_many_at_once_on_one_statement_keep_exactly_one_answer(harness):
    measurement_id, *_ = first(harness)
    actor = Actor(f"link:{measurement_id}", "link")
    outcomes = []

    def send(value):
        try:
            outcomes.append(
                answer_item(
                    actor,
                    measurement_id=measurement_id,
                    item_key="i01",
                    value=value,
                    request_id=new_id(),
                )
            )
        except Refusal as refusal:
            outcomes.append(refusal.code)
        finally:
            harness.service.database.close()

    threads = [threading.Thread(target=send, args=(1 + n % 5,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["i02"] + ["item_answered"] * 11
    assert len(harness.given(measurement_id)) == 1


def test_only_the_link_of_this_very_list_may_answer_it(harness):
    measurement_id, *_ = first(harness)
    others = [
        PUBLIC,
        system("questionnaires"),
        Actor(f"link:{new_id()}", "link"),
        Actor(f"link:{measurement_id}", "staff", grants={harness.organisation_id: frozenset({"coordinator"})}),
    ]

    for actor in others:
        with pytest.raises(Forbidden):
            answer_item(actor, measurement_id=measurement_id, item_key="i01", value=4, request_id=new_id())

    assert harness.given(measurement_id) == {}
