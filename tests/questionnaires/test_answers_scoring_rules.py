"""Theme scores: none without a checked key, none where too little was answered."""

import dataclasses
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.questionnaires.rules.answers import theme_scores
from services.questionnaires.rules.questionnaires import parse_questionnaire

FOLDER = Path(__file__).parents[2] / "services" / "questionnaires" / "data" / "questionnaires"
OWN = parse_questionnaire(tomllib.loads((FOLDER / "even_kijken.v1.toml").read_text(encoding="utf-8")))
NEL = parse_questionnaire(tomllib.loads((FOLDER / "nel_kort.v1.toml").read_text(encoding="utf-8")))
KEYS = [item.key for item in OWN.items]


def test_the_nel_gives_no_score_at_all_while_its_key_is_unverified():
    everything = {item.key: 5 for item in NEL.items}

    assert theme_scores(NEL, everything) is None


def test_a_full_key_that_nobody_checked_still_gives_no_score():
    unchecked = dataclasses.replace(OWN, scoring_key=dataclasses.replace(OWN.scoring_key, status="unverified"))

    assert theme_scores(unchecked, dict.fromkeys(KEYS, 3)) is None


def test_a_score_is_the_mean_of_the_theme_with_the_turned_statement_turned():
    answers = {"i01": 4, "i03": 3, "i05": 1, "i02": 2, "i04": 2, "i06": 5}

    # i05 is turned: 1 counts as 5, so (4 + 3 + 5) / 3 and (2 + 2 + 5) / 3
    assert theme_scores(OWN, answers) == {"my_days": 4.0, "people_around_me": 3.0}


def test_one_of_three_may_be_missing_and_two_may_not():
    one_missing = {"i01": 4, "i03": 2, "i05": None, "i02": 3}

    assert theme_scores(OWN, one_missing) == {"my_days": 3.0, "people_around_me": None}


@pytest.mark.parametrize("answers", [{}, dict.fromkeys(KEYS)])
def test_without_any_answer_every_theme_is_empty(answers):
    assert theme_scores(OWN, answers) == {"my_days": None, "people_around_me": None}


@settings(deadline=None, database=None)
@given(st.dictionaries(st.sampled_from(KEYS), st.none() | st.integers(1, 5)))
def test_a_score_never_leaves_the_scale(answers):
    scores = theme_scores(OWN, answers)

    assert list(scores) == ["my_days", "people_around_me"]
    assert all(score is None or 1 <= score <= 5 for score in scores.values())
