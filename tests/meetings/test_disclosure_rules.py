"""From what is shown nobody derives a count of one to three, whatever they know of how it is shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.meetings.rules import disclosure
from services.meetings.rules.disclosure import Count, exactly, protect

FEW = (1, 2, 3)
Numbers = tuple[int, ...]


def numbers_behind(shows: Callable[[Numbers], object], possible: Iterable[Numbers]) -> list[list[Numbers]]:
    """List the numbers that look alike: somebody who knows the rule knows no more than that it is one of them."""
    alike: defaultdict[object, list[Numbers]] = defaultdict(list)
    for numbers in possible:
        alike[shows(numbers)].append(numbers)
    return list(alike.values())


def given_away(alike: list[Numbers], values: Callable[[Numbers], Sequence[int]]) -> list[Numbers]:
    """List those numbers of which a value of one to three is the same in all that look alike."""
    tables = [values(numbers) for numbers in alike]
    return [alike[0] for column in zip(*tables, strict=True) if len(set(column)) == 1 and column[0] in FEW]


def test_none_and_four_are_shown_and_what_lies_between_is_not() -> None:
    assert [protect(number) for number in range(6)] == [exactly(0), *[Count(1, 3)] * 3, exactly(4), exactly(5)]


@pytest.mark.parametrize("of", range(1, 16))
def test_neither_who_came_nor_who_did_not_is_given_away_by_one_part(of: int) -> None:
    possible = [(number,) for number in range(of + 1)]

    for alike in numbers_behind(lambda numbers: protect(numbers[0], of), possible):
        assert given_away(alike, lambda numbers: (numbers[0], of - numbers[0])) == []


@pytest.mark.parametrize("parts", [1, 2, 3, 4])
def test_a_sum_beside_its_parts_gives_none_of_them_away(parts: int) -> None:
    def shows(numbers: Numbers) -> object:
        shown = [protect(number) for number in numbers]
        return tuple(shown), disclosure.total(shown, sum(numbers))

    def values(numbers: Numbers) -> Sequence[int]:
        return (*numbers, sum(numbers), sum(number for number in numbers if number in FEW))

    for alike in numbers_behind(shows, product(range(6), repeat=parts)):
        assert given_away(alike, values) == []


@pytest.mark.parametrize("sizes", [(4,), (5,), (6,), (9,), (2, 3), (5, 6), (8, 8), (3, 7), (4, 5, 6), (7, 7, 7)])
def test_a_turnout_beside_those_of_its_weeks_gives_none_of_them_away(sizes: Numbers) -> None:
    def shares(numbers: Numbers) -> list[disclosure.Share]:
        return [disclosure.share(number, of) for number, of in zip(numbers, sizes, strict=True)]

    def shows(numbers: Numbers) -> object:
        return tuple(share.shown for share in shares(numbers)), disclosure.share_of(shares(numbers)).shown

    def values(numbers: Numbers) -> Sequence[int]:
        missed = [of - number for number, of in zip(numbers, sizes, strict=True)]
        return (*numbers, *missed, sum(numbers), sum(missed))

    for alike in numbers_behind(shows, product(*(range(of + 1) for of in sizes))):
        assert given_away(alike, values) == []


def test_people_who_are_in_two_groups_give_nothing_away() -> None:
    """Two groups, some of whose people are the same: both are shown, and how many people there are."""
    possible = [
        (first, second, both)
        for first in range(7)
        for second in range(7)
        for both in range(min(first, second) + 1)
    ]

    def shows(numbers: Numbers) -> object:
        first, second, both = numbers
        parts = [protect(first), protect(second)]
        return tuple(parts), disclosure.total_of_people(parts, first + second, first + second - both)

    for alike in numbers_behind(shows, possible):
        assert given_away(alike, lambda numbers: (*numbers[:2], sum(numbers[:2]) - numbers[2])) == []


def test_groups_together_give_nothing_away_either() -> None:
    """Two groups with two weeks each: the weeks, both groups and both together are shown."""
    sizes = (6, 4)

    def shows(numbers: Numbers) -> object:
        groups = [
            [disclosure.share(number, of) for number, of in zip(weeks, sizes, strict=True)]
            for weeks in (numbers[:2], numbers[2:])
        ]
        wholes = [disclosure.share_of(group) for group in groups]
        weeks_shown = tuple(share.shown for group in groups for share in group)
        return weeks_shown, tuple(whole.shown for whole in wholes), disclosure.share_among(wholes).shown

    possible = product(range(7), range(5), range(7), range(5))
    for alike in numbers_behind(shows, possible):
        assert given_away(alike, lambda numbers: (*numbers, sum(numbers))) == []


@given(st.lists(st.integers(0, 12), max_size=8))
def test_what_is_shown_is_true(numbers: list[int]) -> None:
    parts = [protect(number) for number in numbers]
    shown = disclosure.total(parts, sum(numbers))

    assert all(part.low <= number <= part.high for part, number in zip(parts, numbers, strict=True))
    assert shown.low <= sum(numbers) <= shown.high
    assert disclosure.summed(parts).low <= shown.low <= shown.high <= disclosure.summed(parts).high


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(1, 12)), max_size=6))
def test_a_turnout_that_is_shown_is_true(pairs: list[tuple[int, int]]) -> None:
    shares = [disclosure.share(min(number, of), of) for number, of in pairs]
    whole = disclosure.share_of(shares)

    assert whole.shown.low <= sum(min(pair) for pair in pairs) <= whole.shown.high


@given(st.lists(st.sets(st.integers(0, 15), max_size=8), min_size=1, max_size=5), st.data())
def test_how_many_people_there_are_is_true_of_all_groups_and_of_some(
    groups: list[set[int]], data: st.DataObject
) -> None:
    parts = [protect(len(group)) for group in groups]
    places, people = sum(map(len, groups)), len(set().union(*groups))
    chosen = data.draw(st.sets(st.integers(0, len(groups) - 1), min_size=1))

    whole = disclosure.total_of_people(parts, places, people)
    of_these = disclosure.people_among([parts[number] for number in chosen], parts, places, people)

    assert whole.low <= people <= whole.high
    assert not (whole.is_exact and people in FEW)
    assert of_these.low <= len(set().union(*(groups[number] for number in chosen))) <= of_these.high


def test_with_several_small_groups_the_sum_is_still_exact() -> None:
    numbers = [1, 2, 3, 1, 0, 2]

    assert disclosure.total([protect(number) for number in numbers], sum(numbers)) == exactly(9)


def test_one_small_group_among_large_ones_hides_the_sum_too() -> None:
    assert disclosure.total([exactly(8), Count(1, 3)], 10) == Count(9, 11)


def test_small_groups_at_their_lowest_or_highest_are_known_within_one() -> None:
    few = [Count(1, 3)] * 4

    assert [disclosure.total(few, number) for number in range(4, 13)] == [
        Count(4, 5), Count(4, 5), *map(exactly, range(6, 11)), Count(11, 12), Count(11, 12),
    ]  # fmt: skip


def test_an_average_of_few_people_is_few() -> None:
    assert disclosure.average(exactly(6), 3) == Count(1, 3)
    assert disclosure.average(exactly(27), 3) == exactly(9)
