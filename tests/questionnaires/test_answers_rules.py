"""Answering: in the scale or skipped, one statement after the other, and what is talked about afterwards."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.questionnaires.rules.answers import attention, check_answer, next_item, strong
from services.questionnaires.rules.questionnaires import parse_questionnaire
from shared.errors import Refusal

FOLDER = Path(__file__).parents[2] / "services" / "questionnaires" / "data" / "questionnaires"
OWN = parse_questionnaire(tomllib.loads((FOLDER / "even_kijken.v1.toml").read_text(encoding="utf-8")))
NEL = parse_questionnaire(tomllib.loads((FOLDER / "nel_kort.v1.toml").read_text(encoding="utf-8")))
KEYS = [item.key for item in OWN.items]


def keys(items):
    return [item.key for item in items]


@pytest.mark.parametrize("value", [1, 2, 3, 4, 5, None])
def test_every_answer_of_the_scale_and_skipping_are_allowed_everywhere(value):
    for item in NEL.items:
        check_answer(NEL, item.key, value)


@pytest.mark.parametrize("value", [0, 6, -1, True, False, 3.5, 3.0, "4"])
def test_any_other_answer_is_refused_with_the_scale(value):
    with pytest.raises(Refusal) as refusal:
        check_answer(NEL, "i01", value)

    assert refusal.value.code == "answer_off_scale"
    assert refusal.value.facts == {"lowest": 1, "highest": 5}


def test_an_answer_to_a_statement_that_is_not_in_the_list_is_refused():
    with pytest.raises(Refusal) as refusal:
        check_answer(OWN, "i07", 3)

    assert refusal.value.code == "item_unknown"


def test_the_next_statement_is_the_first_without_an_answer():
    assert next_item(OWN, []).key == "i01"
    assert next_item(OWN, {"i01": 4, "i02": None}).key == "i03"
    assert next_item(OWN, ["i01", "i03"]).key == "i02"


def test_after_the_last_there_is_no_next():
    assert next_item(OWN, KEYS) is None


@settings(deadline=None, database=None)
@given(st.permutations(KEYS))
def test_answering_whatever_comes_next_visits_every_statement_once_from_any_state(order):
    answered = list(order[:2])

    while item := next_item(OWN, answered):
        answered.append(item.key)

    assert sorted(answered) == sorted(KEYS)


def test_what_goes_well_is_a_four_or_five_and_attention_a_one_or_two():
    answers = {"i01": 1, "i02": 2, "i03": 3, "i04": 4, "i06": 5}

    assert keys(strong(OWN, answers)) == ["i04", "i06"]
    assert keys(attention(OWN, answers)) == ["i01", "i02"]


def test_a_statement_that_is_turned_round_goes_well_when_someone_disagrees():
    assert keys(strong(OWN, {"i05": 1})) == ["i05"]
    assert keys(attention(OWN, {"i05": 5})) == ["i05"]


def test_what_was_skipped_or_not_reached_is_neither():
    answers = {"i01": None, "i02": 3}

    assert strong(OWN, answers) == ()
    assert attention(OWN, answers) == ()
