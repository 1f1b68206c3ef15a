"""Reading a questionnaire: the two that ship hold together, and a broken one is refused with the place."""

import copy
import hashlib
import tomllib
from collections import Counter
from pathlib import Path

import pytest

from services.questionnaires.rules.questionnaires import parse_questionnaire
from shared.errors import Refusal

FOLDER = Path(__file__).parents[2] / "services" / "questionnaires" / "data" / "questionnaires"


def raw(name):
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def changed(path, value):
    """The small list with one value changed; path "scale.lowest", "items.0.key"; value None takes it out."""
    broken = copy.deepcopy(raw("even_kijken.v1"))
    *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    target = broken
    for step in steps:
        target = target[step]
    if value is None:
        del target[last]
    else:
        target[last] = value
    return broken


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_every_list_that_ships_can_be_read_and_is_called_by_its_key_and_version(path):
    questionnaire = parse_questionnaire(tomllib.loads(path.read_text(encoding="utf-8")))

    assert path.name == f"{questionnaire.key}.v{questionnaire.version}.toml"


def test_the_nel_has_its_thirty_statements_word_for_word():
    nel = parse_questionnaire(raw("nel_kort.v1"))

    texts = "\n".join(item.text for item in nel.items)
    fingerprint = hashlib.sha256(texts.encode()).hexdigest()

    # Taken from the printed list: a changed event is a changed instrument.
    assert fingerprint == "5ec5f2d0b52dc5c5da2efc9c19af24f38584257eb428dc6eed72e43fe8217834"
    assert [item.key for item in nel.items] == [f"i{number:02}" for number in range(1, 31)]
    assert nel.items[0].text == "Ik heb het gevoel dat ik iets kan betekenen voor iemand anders"
    assert nel.items[29].text == "Ik durf op mezelf te vertrouwen"


def test_the_nel_shows_whose_it_is_and_asks_for_permission():
    nel = parse_questionnaire(raw("nel_kort.v1"))

    assert nel.copyright == "© Trimbos-instituut"
    assert "bijlage 2" in nel.source
    assert nel.needs_permission


def test_the_nel_has_the_scale_and_themes_of_the_guide():
    nel = parse_questionnaire(raw("nel_kort.v1"))

    sizes = [(theme.name, theme.size) for theme in nel.themes]

    assert sizes == [("Eigen wijsheid", 12), ("Sociale steun", 7), ("Zelfmanagement", 5), ("Erbij horen", 6)]
    assert list(nel.scale.values) == [1, 2, 3, 4, 5]
    assert nel.scale.label(1) == "sterk mee oneens"
    assert nel.scale.label(3) == "niet mee eens/ niet mee oneens"
    assert nel.scale.label(5) == "sterk mee eens"


def test_the_key_of_the_nel_is_unverified_and_holds_only_the_four_certain_statements():
    key = parse_questionnaire(raw("nel_kort.v1")).scoring_key

    assert not key.is_verified
    assert key.themes == {
        "i01": "own_wisdom",
        "i03": "social_support",
        "i04": "self_management",
        "i17": "belonging",
    }
    assert key.reversed == frozenset()


def test_our_own_list_has_a_full_verified_key_with_one_statement_turned():
    own = parse_questionnaire(raw("even_kijken.v1"))

    assert own.scoring_key.is_verified
    assert Counter(own.scoring_key.themes.values()) == {"my_days": 3, "people_around_me": 3}
    assert len(own.scoring_key.reversed) == 1
    assert not own.needs_permission


def test_items_come_in_the_order_of_their_positions_not_of_the_file():
    mixed = raw("even_kijken.v1")
    mixed["items"].reverse()

    items = parse_questionnaire(mixed).items

    assert [item.position for item in items] == [1, 2, 3, 4, 5, 6]
    assert items[0].key == "i01"


def test_a_key_may_stand_at_another_position_than_its_number():
    moved = raw("even_kijken.v1")
    moved["items"][0]["position"], moved["items"][5]["position"] = 6, 1

    assert [item.key for item in parse_questionnaire(moved).items] == ["i06", "i02", "i03", "i04", "i05", "i01"]


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("title", None, "questionnaire_missing_field"),
        ("titel", "Even kijken", "questionnaire_unknown_field"),
        ("title", "  ", "questionnaire_wrong_value"),
        ("version", "1", "questionnaire_wrong_value"),
        ("version", True, "questionnaire_wrong_value"),
        ("needs_permission", "nee", "questionnaire_wrong_value"),
        ("items", [], "questionnaire_wrong_value"),
        ("items", "zes", "questionnaire_wrong_value"),
        ("scale", [1, 5], "questionnaire_wrong_value"),
        ("scale.labels", [1, 2, 3, 4, 5], "questionnaire_wrong_value"),
        ("scale.labels", ["nee", "ja"], "questionnaire_scale"),
        ("scale.lowest", 6, "questionnaire_scale"),
        ("scale.strong_from", 2, "questionnaire_scale"),
        ("scale.strong_from", 6, "questionnaire_scale"),
        ("items.0.text", None, "questionnaire_missing_field"),
        ("items.0.theme", "my_days", "questionnaire_unknown_field"),
        ("items.0.key", "i02", "questionnaire_key_twice"),
        ("items.0.position", 2, "questionnaire_positions"),
        ("items.0.position", 7, "questionnaire_positions"),
        ("themes.1.key", "my_days", "questionnaire_key_twice"),
        ("themes.0.size", 4, "questionnaire_sizes"),
        ("themes.0.size", 2, "questionnaire_sizes"),
        ("themes.0.size", 0, "questionnaire_wrong_value"),
        ("scoring_key.status", "checked", "questionnaire_key_status"),
        ("scoring_key.reversed", ["i07"], "questionnaire_key_unknown_item"),
        ("scoring_key.themes.i07", "my_days", "questionnaire_key_unknown_item"),
        ("scoring_key.themes.i01", "sleep", "questionnaire_key_unknown_theme"),
        ("scoring_key.themes.i01", "people_around_me", "questionnaire_key_sizes"),
        ("scoring_key.themes.i01", None, "questionnaire_key_sizes"),
    ],
)
def test_a_broken_list_is_refused_with_what_is_wrong(path, value, code):
    broken = changed(path, value)

    with pytest.raises(Refusal) as refusal:
        parse_questionnaire(broken)

    assert refusal.value.code == code


def test_an_unverified_key_may_be_incomplete_but_not_fuller_than_its_theme():
    partial = changed("scoring_key.status", "unverified")
    del partial["scoring_key"]["themes"]["i01"]
    overfull = copy.deepcopy(partial)
    overfull["scoring_key"]["themes"] |= {"i02": "my_days", "i04": "my_days"}

    assert not parse_questionnaire(partial).scoring_key.is_verified
    with pytest.raises(Refusal) as refusal:
        parse_questionnaire(overfull)
    assert refusal.value.code == "questionnaire_key_sizes"
