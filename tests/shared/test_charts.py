"""Where lines, bars and dots stand: never outside the picture, and never a line through what nobody knows."""

from __future__ import annotations

import pytest

from shared.web import charts


def heights(part: str) -> list[float]:
    return [float(point.split(",")[1]) for point in part.split()]


def test_places_are_taken_free_or_over() -> None:
    assert charts.cells(1, 3) == ["taken", "free", "free"]
    assert charts.cells(3, 2) == ["taken", "taken", "over"]
    assert charts.cells(0, 0) == []


@pytest.mark.parametrize(("taken", "total"), [(3, 17), (17, 3)])
def test_more_places_than_fit_are_not_drawn_one_by_one(taken: int, total: int) -> None:
    assert charts.cells(taken, total) is None


def test_the_highest_value_is_at_the_top_and_nought_at_the_bottom() -> None:
    line = charts.line([0, 5, 10], 96, 24, margin=2)

    assert line.parts == ("2.0,22.0 48.0,12.0 94.0,2.0",)
    assert line.last == (94, 2)


def test_a_line_is_broken_where_nothing_is_known_and_one_value_is_a_dot() -> None:
    line = charts.line([4, None, 2, 2, None], 96, 24)

    assert [len(part.split()) for part in line.parts] == [2, 2]
    assert len(set(line.parts[0].split())) == 1
    assert line.last is not None
    assert line.last[0] < 94


@pytest.mark.parametrize("values", [[], [None], [None, None]])
def test_nothing_known_is_no_line(values: list[float | None]) -> None:
    assert charts.line(values, 96, 24) == charts.Line((), None)
    assert charts.plot(values).line == charts.Line((), None)


def test_only_noughts_lie_at_the_bottom() -> None:
    assert heights(charts.line([0, 0], 96, 24, margin=2).parts[0]) == [22, 22]
    assert heights(charts.plot([0, 0]).line.parts[0]) == [100, 100]


def test_the_longest_bar_is_whole_and_what_is_not_known_has_none() -> None:
    assert charts.widths([3, 6, 0, None]) == [50, 100, 0, 0]
    assert charts.widths([0, None]) == [0, 0]
    assert charts.widths([]) == []


def test_points_stand_in_the_middle_of_columns() -> None:
    assert charts.plot([1, 1, 1, 1]).line.parts[0].split()[0].startswith("12.5,")


@pytest.mark.parametrize(
    ("highest", "ticks"),
    [
        (0, [0, 1]),
        (1, [0, 1]),
        (4, [0, 1, 2, 3, 4]),
        (7, [0, 2, 4, 6, 8]),
        (61, [0, 20, 40, 60, 80]),
        (1000, [0, 500, 1000]),
    ],
)
def test_the_scale_has_few_round_numbers_and_holds_the_highest_value(highest: int, ticks: list[int]) -> None:
    plot = charts.plot([highest, 0])

    assert [value for _, value in plot.ticks] == ticks
    assert all(0 <= y <= 100 for y, _ in plot.ticks)
    assert min(heights(plot.line.parts[0])) >= 0


def test_a_minimum_above_every_value_is_still_in_the_picture() -> None:
    plot = charts.plot([1, 2], minimum=30)

    assert plot.minimum is not None
    assert 0 <= plot.minimum <= 100
    assert charts.plot([1, 2]).minimum is None
