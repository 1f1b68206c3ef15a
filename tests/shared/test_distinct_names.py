"""People who are called alike have a number behind their name, the same whoever stands beside them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import pytest

from shared.distinct_names import distinct_names

NAMES = {"1": "Noor", "2": "noor", "3": "Noor", "4": "Mees", "5": "Noor", "6": "Noor"}
# 1 and 2 share a group, 2 and 3 another one; 5 shares none with who is called alike, and 6 has no group.
GROUPS = {"a": {"1", "2", "4"}, "b": {"2", "3"}, "c": {"4", "5"}}


def members_beside(people: Collection[str]) -> Iterable[tuple[str, str]]:
    return [
        (group, member) for group, members in GROUPS.items() if members & set(people) for member in sorted(members)
    ]


def names_of(people: Collection[str]) -> dict[str, str]:
    return {person: NAMES[person] for person in people if person in NAMES}


@pytest.mark.parametrize("wanted", [["1"], ["3"], ["2", "1"], ["1", "2", "3", "4", "5", "6"]])
def test_the_number_of_somebody_is_the_same_whoever_stands_beside_them(wanted: list[str]) -> None:
    alone = [[person] for person in wanted]

    names = distinct_names(alone, members_beside, names_of)

    always = {"1": "Noor (1)", "2": "noor (2)", "3": "Noor (3)", "4": "Mees", "5": "Noor", "6": "Noor"}
    assert names == {person: always[person] for person in wanted}


def test_who_left_has_a_number_in_the_list_of_their_group() -> None:
    assert distinct_names([["5", "6"]], members_beside, names_of) == {"5": "Noor (1)", "6": "Noor (2)"}


def test_nobody_is_asked_about_when_nobody_is_wanted_and_who_is_not_known_has_no_name() -> None:
    assert distinct_names([], members_beside, names_of) == {}
    assert distinct_names([["9"]], members_beside, names_of) == {}
