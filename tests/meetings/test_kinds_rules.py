"""Group kinds: the three that ship are as their sources say, and nonsense is refused by name."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.meetings.rules import kinds
from services.meetings.rules.kind_fields import FIELDS
from shared.errors import GiveUp, Refusal

DATA = Path(kinds.__file__).parents[1] / "data"
FILES = sorted((DATA / "group_kinds").glob("*.toml"))


def kind(code: str) -> kinds.Kind:
    return kinds.parse_kind(tomllib.loads((DATA / "group_kinds" / f"{code}.toml").read_text(encoding="utf-8")))


def refused(overrides: dict[str, object], code: str = "recovery_workgroup") -> tuple[str, object]:
    with pytest.raises(Refusal) as refusal:
        kinds.with_overrides(kind(code).rules, overrides)
    return refusal.value.code, refusal.value.facts["field"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_shipped_kind_is_whole_and_named_after_its_file(file: Path) -> None:
    read = kinds.parse_kind(tomllib.loads(file.read_text(encoding="utf-8")))

    assert read.code == file.stem
    assert read.source
    assert read.rules != kinds.GroupRules()


def test_three_kinds_ship() -> None:
    assert [file.stem for file in FILES] == ["let_it_be", "recovery_workgroup", "twelve_step"]


def test_a_recovery_workgroup_has_the_sizes_the_talks_and_the_eleven_parts_of_the_guide() -> None:
    guide = kind("recovery_workgroup")

    assert (guide.rules.min_viable, guide.rules.recruit_target, guide.rules.max_size) == (4, 6, 15)
    assert [(band.least, band.most) for band in guide.rules.sizes or ()] == [(4, 7), (8, 11), (12, 15)]
    assert guide.choices["admission"] == ("rolling", "intervals", "fixed")
    assert guide.choices["minutes"] == (90, 120, 150)
    assert guide.choices["every_weeks"] == (1, 2)
    assert len((guide.rules.agenda or {})["regular"]) == 11


def test_what_the_guide_leaves_to_the_group_stays_empty() -> None:
    rules = kind("recovery_workgroup").rules

    assert (rules.admission, rules.minutes, rules.every_weeks, rules.identity, rules.waiting_list) == (None,) * 5


def test_let_it_be_is_led_by_two_and_holds_at_most_eight_who_may_just_listen() -> None:
    rules = kind("let_it_be").rules

    assert (rules.leaders_least, rules.leaders_most, rules.max_size) == (2, 2, 8)
    assert rules.listening_is_enough
    assert rules.anonymous
    assert "none" not in (rules.intro_talk or ())
    assert (rules.every_weeks, rules.minutes, rules.waiting_list) == (None, None, None)


def test_a_twelve_step_group_counts_heads_keeps_no_list_and_asks_no_signup() -> None:
    rules = kind("twelve_step").rules

    assert (rules.identity, rules.waiting_list, rules.max_size) == ("headcount", "never", None)
    assert rules.intro_talk == ("none",)


def test_a_group_may_override_a_rule_beyond_the_choices_of_its_kind() -> None:
    rules = kinds.with_overrides(kind("recovery_workgroup").rules, {"minutes": 105, "max_size": None})

    assert rules.minutes == 105
    assert rules.max_size is None
    assert rules.min_viable == 4


def test_what_nobody_decided_is_filled_in_as_little_as_possible() -> None:
    rules = kinds.in_force(
        kinds.with_overrides(kind("recovery_workgroup").rules, {"admission": "rolling", "after_absence": None})
    )

    assert (rules.identity, rules.language, rules.waiting_list, rules.after_absence) == (
        "call_name",
        "nl",
        "allowed",
        (),
    )
    assert rules.minutes is None


def test_a_decided_rule_is_not_overwritten_by_what_is_usual() -> None:
    rules = kinds.in_force(kinds.with_overrides(kind("twelve_step").rules, {"audience": "own"}))

    assert (rules.identity, rules.waiting_list) == ("headcount", "never")


def test_a_group_cannot_take_people_in_before_it_said_for_whom_and_when() -> None:
    with pytest.raises(Refusal) as refusal:
        kinds.in_force(kinds.GroupRules())

    assert refusal.value.code == "rules_incomplete"
    assert refusal.value.facts["fields"] == ("admission", "audience")


@pytest.mark.parametrize(
    ("overrides", "code", "field"),
    [
        ({"open": True}, "rule_unknown", "open"),
        ({"admission": "open"}, "rule_wrong", "admission"),
        ({"max_size": "8"}, "rule_wrong", "max_size"),
        ({"max_size": True}, "rule_wrong", "max_size"),
        ({"max_size": 0}, "rule_wrong", "max_size"),
        ({"anonymous": "yes"}, "rule_wrong", "anonymous"),
        ({"minutes": 14}, "rule_wrong", "minutes"),
        ({"minutes": 481}, "rule_wrong", "minutes"),
        ({"every_weeks": 14}, "rule_wrong", "every_weeks"),
        ({"intro_talk": []}, "rule_wrong", "intro_talk"),
        ({"intro_talk": ["phone", "phone"]}, "rule_wrong", "intro_talk"),
        ({"intro_talk": "phone"}, "rule_wrong", "intro_talk"),
        ({"language": "Dutch"}, "rule_wrong", "language"),
        ({"goal": "   "}, "rule_wrong", "goal"),
        ({"goal": "one\ntwo"}, "rule_wrong", "goal"),
        ({"agenda": {"intake": []}}, "rule_wrong", "agenda"),
        ({"agenda": {"regular": [{"code": "break"}]}}, "rule_wrong", "agenda"),
        ({"sizes": [{"code": "s", "label": "S", "least": 7, "most": 4}]}, "rule_wrong", "sizes"),
        ({"sizes": [{"code": "s", "label": "S", "least": 4}]}, "rule_wrong", "sizes"),
        ({"duties": [{"code": "talk", "label": "Talk"}]}, "rule_wrong", "duties"),
        ({"leaders_least": 3}, "leaders_out_of_order", "leaders_most"),
        ({"peer_experts_least": 3}, "leaders_out_of_order", "leaders_most"),
        ({"max_size": 5}, "sizes_out_of_order", "max_size"),
        ({"recruit_target": None, "max_size": 3}, "sizes_out_of_order", "max_size"),
        ({"age_from": 28, "age_until": 14}, "ages_out_of_order", "age_until"),
        ({"admission": "intervals"}, "interval_missing", "interval_weeks"),
        ({"admission": "rolling", "interval_weeks": 6}, "interval_not_needed", "interval_weeks"),
        ({"interval_weeks": 6}, "interval_not_needed", "interval_weeks"),
        ({"identity": "headcount"}, "headcount_keeps_no_names", "after_absence"),
    ],
)
def test_an_override_that_cannot_be_is_refused_with_the_field_to_fix(
    overrides: dict[str, object], code: str, field: str
) -> None:
    assert refused(overrides) == (code, field)


@pytest.mark.parametrize(
    ("overrides", "field"),
    [
        ({"questionnaires": ["nel_kort"]}, "questionnaires"),
        ({"reporting": "presence"}, "reporting"),
        ({"waiting_list": "allowed"}, "waiting_list"),
        ({"after_absence": ["message"]}, "after_absence"),
    ],
)
def test_a_group_that_counts_heads_can_do_nothing_that_needs_a_name(
    overrides: dict[str, object], field: str
) -> None:
    assert refused(overrides, "twelve_step") == ("headcount_keeps_no_names", field)


@pytest.mark.parametrize(
    "spoil",
    [
        {"rules": {"admission": "open"}},
        {"rules": {"wachtlijst": "never"}},
        {"choices": {"wachtlijst": ["never"]}},
        {"choices": {"admission": []}},
        {"choices": {"admission": ["open"]}},
        {"colour": "green"},
        {"rules": []},
        {"label": ""},
        {"code": "Let it be"},
    ],
    ids=str,
)
def test_a_broken_kind_file_is_given_up_with_its_name(spoil: dict[str, object]) -> None:
    whole = {"code": "ours", "label": "Ours", "explanation": "Ours.", "source": "Ours", "rules": {"max_size": 8}}
    assert kinds.parse_kind(whole).rules.max_size == 8

    with pytest.raises(GiveUp, match="group kind"):
        kinds.parse_kind({**whole, **spoil})


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_rules_travel_as_plain_data_and_come_back_the_same(file: Path) -> None:
    rules = kind(file.stem).rules

    assert kinds.parse_rules(kinds.as_data(rules)) == rules


PLAIN = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 300),
    st.text(max_size=9),
    st.lists(st.sampled_from(["call", "none", "x"])),
)


@settings(deadline=None)
@given(overrides=st.dictionaries(st.sampled_from(sorted(FIELDS)), PLAIN, max_size=6))
def test_whatever_is_overridden_the_rules_stay_sound_or_the_override_is_refused(
    overrides: dict[str, object],
) -> None:
    before = kind("let_it_be").rules

    try:
        after = kinds.with_overrides(before, overrides)
    except Refusal:
        after = before

    assert kinds.parse_rules(kinds.as_data(after)) == after
    for name in set(FIELDS) - set(overrides):
        assert getattr(after, name) == getattr(before, name)


def test_every_rule_and_every_word_it_may_hold_has_a_dutch_label() -> None:
    published = tomllib.loads((DATA / "messages.nl.toml").read_text(encoding="utf-8"))

    assert set(published["rules"]) == set(FIELDS)
    for label in published["rule_words"]:
        assert _is_read_by_some_field(label), label


def _is_read_by_some_field(label: str) -> bool:
    for name, read in FIELDS.items():
        word = label.removeprefix(f"{name}_")
        for value in (word, [word]):
            if word != label:
                try:
                    read(name, value)
                except Refusal:
                    continue
                return True
    return False
