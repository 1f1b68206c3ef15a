"""What both decided after a talk, once, and what it does to the sign-up."""

from typing import Any

import pytest

from tests.intake.talk_case import TalkCase, code_of

pytestmark = pytest.mark.clock

NOT_NOW = {"reason": "expectations", "helps_instead": "another_group", "way_back": "we_call"}


@pytest.fixture
def case(harness: Any) -> TalkCase:
    return TalkCase(harness)


def test_when_the_talk_is_over_the_list_asks_how_it_went(harness: Any, case: TalkCase) -> None:
    case.plan()
    steps = [case.view().next_step]

    harness.clock_at(f"{harness.tuesday} 14.46")

    assert [*steps, case.view().next_step] == ["hold_talk", "tell_outcome"]


def test_an_outcome_is_written_down_once_also_from_two_tabs(harness: Any, case: TalkCase) -> None:
    talk_id = case.plan()
    harness.clock_at(f"{harness.tuesday} 15.00")
    case.decide(talk_id, "word_follows")

    assert code_of(lambda: case.decide(talk_id, "not_now", **NOT_NOW)) == "talk_over"
    assert len(harness.events("intro_talk_held")) == 1


def test_joining_a_group_gives_the_place_at_once_and_it_may_be_taken_back(harness: Any, case: TalkCase) -> None:
    group_id = harness.group(case.organisation_id)
    talk_id = case.plan()
    harness.clock_at(f"{harness.tuesday} 15.00")

    case.visitor.send(f"/kennismaking/gesprek/{talk_id}/uitkomst", {"outcome": "joins", "group_id": group_id})

    (placement,) = case.view().placements
    assert (case.view().state, placement.group_id, placement.state) == ("placed", group_id, "placed")
    here, path = f"/kennismaking/{case.signup_id}", f"/kennismaking/plek/{placement.id}/terug"
    assert "Neem de plek terug" in case.visitor.open(here).text

    case.visitor.send(path, {}, page=here)

    assert harness.events("placement_withdrawn")[0].data["placement_id"] == placement.id
    assert case.view().next_step == "place"
    assert "zo besloten jullie" in case.visitor.open(here).text
    assert case.visitor.send(path, {}, page=here).status_code == 409


def test_a_place_is_taken_back_for_a_quarter_of_an_hour(harness: Any, case: TalkCase) -> None:
    group_id = harness.group(case.organisation_id)
    talk_id = case.plan()
    harness.clock_at(f"{harness.tuesday} 15.00")
    case.visitor.send(f"/kennismaking/gesprek/{talk_id}/uitkomst", {"outcome": "joins", "group_id": group_id})

    harness.clock_at(f"{harness.tuesday} 15.16")

    assert "Neem de plek terug" not in case.visitor.open(f"/kennismaking/{case.signup_id}").text


def test_to_a_group_without_names_one_just_comes_and_the_sign_up_says_where_and_when(
    harness: Any, case: TalkCase
) -> None:
    group_id = harness.group(case.organisation_id, rules={"identity": "headcount"})
    talk_id = case.plan()
    harness.clock_at(f"{harness.tuesday} 15.00")

    case.visitor.send(f"/kennismaking/gesprek/{talk_id}/uitkomst", {"outcome": "joins", "group_id": group_id})

    shown = case.visitor.open(f"/kennismaking/{case.signup_id}").text
    assert (case.view().state, case.view().closed_because, case.view().placements) == ("closed", "comes_along", ())
    assert "Brugstraat 1" in shown
    assert "Eerste keer" in shown


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({}, "Kies wat jullie samen hebben besloten"),
        ({"outcome": "joins"}, "Kies om welke groep het gaat"),
        ({"outcome": "joins", "group_id": "x"}, "Deze pagina is intussen veranderd"),
        ({"outcome": "joins", "group_id": "01990000-0000-7000-8000-000000000003"}, "Deze groep is er niet"),
        ({"outcome": "not_now"}, "Kies waarom meedoen nu niet past"),
        ({"outcome": "not_now", **NOT_NOW, "reason": "use"}, "Kijk hier nog een keer naar"),
        ({"outcome": "not_now", **NOT_NOW, "helps_instead": ""}, "Kies wat nu misschien wel helpt"),
        ({"outcome": "not_now", **NOT_NOW, "way_back": ""}, "Kies hoe iemand later terug kan komen"),
    ],
)
def test_an_outcome_that_leaves_somebody_with_nothing_is_refused(
    harness: Any, case: TalkCase, form: dict[str, str], sentence: str
) -> None:
    talk_id = case.plan()
    harness.clock_at(f"{harness.tuesday} 15.00")

    answer = case.visitor.send(f"/kennismaking/gesprek/{talk_id}/uitkomst", form)

    assert answer.status_code in (400, 409)
    assert sentence in answer.text
    assert harness.events("intro_talk_held") == []


def test_what_was_filled_in_for_another_choice_is_emptied(harness: Any, case: TalkCase) -> None:
    talk_id = case.plan()
    harness.clock_at(f"{harness.tuesday} 15.00")

    case.visitor.send(
        f"/kennismaking/gesprek/{talk_id}/uitkomst", {"outcome": "word_follows", "reason": "use", **NOT_NOW}
    )

    assert (case.view().talk.outcome, case.view().talk.reason) == ("word_follows", None)


def test_not_now_with_a_promise_stays_on_the_list(harness: Any, case: TalkCase) -> None:
    talk_id = case.plan()
    harness.clock_at(f"{harness.tuesday} 15.00")

    case.decide(talk_id, "not_now", **NOT_NOW, second_look=False)

    assert case.view().next_step == "come_back"
    assert "Wij bellen je over een tijdje" in case.visitor.open(f"/kennismaking/{case.signup_id}").text


def test_not_now_without_a_promise_closes_the_sign_up_which_can_be_reopened(harness: Any, case: TalkCase) -> None:
    talk_id = case.plan()
    harness.clock_at(f"{harness.tuesday} 15.00")
    case.decide(talk_id, "not_now", **(NOT_NOW | {"way_back": "any_time", "reason": "use"}), second_look=True)
    assert (case.view().state, len(harness.events("signup_closed"))) == ("closed", 1)

    case.visitor.send(f"/kennismaking/{case.signup_id}/openen", {}, page=f"/kennismaking/{case.signup_id}")

    assert (case.view().state, case.view().next_step) == ("talk_held", "come_back")
    assert len(harness.events("signup_received")) == 2


def test_word_that_follows_can_become_anything_later(harness: Any, case: TalkCase) -> None:
    group_id = harness.group(case.organisation_id)
    talk_id = case.plan()
    harness.clock_at(f"{harness.tuesday} 15.00")
    case.decide(talk_id, "word_follows")

    case.visitor.send(
        f"/kennismaking/gesprek/{talk_id}/uitkomst", {"outcome": "another_group", "group_id": group_id}
    )

    assert case.view().state == "placed"
    assert len(harness.events("intro_talk_held")) == 1


def test_closing_calls_a_planned_talk_off(harness: Any, case: TalkCase) -> None:
    talk_id = case.plan()

    answer = case.visitor.send(f"/kennismaking/{case.signup_id}/afsluiten", {"reason": "own_choice"})

    assert answer.status_code == 303
    assert harness.events("intro_talk_called_off")[0].data["talk_id"] == talk_id
    assert case.view().state == "closed"


@pytest.mark.parametrize("reason", ["", "because"])
def test_closing_asks_a_reason_from_the_list(case: TalkCase, reason: str) -> None:
    answer = case.visitor.send(f"/kennismaking/{case.signup_id}/afsluiten", {"reason": reason})

    assert answer.status_code in (400, 409)
    assert case.view().state == "received"


def test_nothing_more_happens_with_a_closed_sign_up(case: TalkCase) -> None:
    case.visitor.send(f"/kennismaking/{case.signup_id}/afsluiten", {"reason": "other"})

    assert code_of(case.plan) == "signup_closed"
    again = case.visitor.send(f"/kennismaking/{case.signup_id}/afsluiten", {"reason": "other"})
    assert "Open haar dan eerst weer" in again.text


def test_what_somebody_looks_for_is_filled_in_with_the_outcome_and_compared(harness: Any, case: TalkCase) -> None:
    tuesday = harness.group(case.organisation_id, weekday=1, at="19:30")
    harness.group(case.organisation_id, name="Vrijdaggroep", weekday=4, at="10:00")
    talk_id = case.plan()
    harness.clock_at(f"{harness.tuesday} 15.00")
    here = f"/kennismaking/gesprek/{talk_id}"
    assert "nog niets om groepen mee te vergelijken" in case.visitor.open(f"{here}/uitkomst").text
    wish = {"help_question": "minder alleen zijn", "days": "1", "parts_of_day": "evening", "area": "3412 AB"}

    page = case.visitor.send(f"{here}/wensen", {"outcome": "joins"} | wish, page=f"{here}/uitkomst")

    assert page.status_code == 200
    assert "dag en tijd passen" in page.text
    assert page.text.index("Dinsdaggroep") < page.text.index("Vrijdaggroep")
    assert (case.view().wish.area, case.view().state) == ("3412", "talk_planned")

    decided = {"outcome": "joins", "group_id": tuesday, "themes": "grenzen"} | wish
    case.visitor.send(f"{here}/uitkomst", decided)

    assert case.view().placement.group_id == tuesday
    assert (case.view().wish.days, case.view().wish.themes) == ((1,), ("grenzen",))


def test_a_wish_that_cannot_be_is_shown_beside_its_field_and_nothing_is_decided(
    harness: Any, case: TalkCase
) -> None:
    talk_id = case.plan()
    harness.clock_at(f"{harness.tuesday} 15.00")
    here = f"/kennismaking/gesprek/{talk_id}"
    data = {"outcome": "word_follows", "help_question": "minder alleen zijn", "area": "straat"}

    for path in (f"{here}/uitkomst", f"{here}/wensen"):
        page = case.visitor.send(path, data, page=f"{here}/uitkomst")

        assert page.status_code == 409
        assert 'href="#f-area"' in page.text
        assert "minder alleen zijn" in page.text
    assert case.view().next_step == "tell_outcome"


def test_a_form_without_wishes_leaves_them_as_they_are(harness: Any, case: TalkCase) -> None:
    talk_id = case.plan()
    harness.clock_at(f"{harness.tuesday} 15.00")
    here = f"/kennismaking/gesprek/{talk_id}"
    case.visitor.send(f"{here}/wensen", {"help_question": "", "area": "34"}, page=f"{here}/uitkomst")

    case.visitor.send(f"{here}/uitkomst", {"outcome": "word_follows"})

    assert case.view().wish.area == "34"
