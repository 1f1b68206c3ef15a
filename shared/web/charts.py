"""Where the lines, bars and dots of a picture stand: plain numbers, in the units of its own viewBox."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

Value = float | None  # None: nothing is known, which is not nought
_MOST_CELLS = 16
_STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Line:
    """A line through values that are known, broken where one is not.

    parts   for each unbroken stretch the points of a polyline, "x,y x,y"; a single value is a stretch of two equal
            points, so that it shows as a dot
    last    x and y of the newest value that is known
    """

    parts: tuple[str, ...]
    last: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Plot:
    """A line with its scale, in a field of 100 by 100.

    ticks    (y, value) of the lines behind it, from nought up
    minimum  y of the value that one should not be under, or None
    """

    line: Line
    ticks: tuple[tuple[float, int], ...]
    minimum: float | None


def template_globals() -> Mapping[str, Callable[..., object]]:
    """Return what the macros of the pictures call."""
    return {"chart_cells": cells, "chart_line": line, "chart_widths": widths, "chart_plot": plot}


def cells(taken: int, total: int) -> list[str] | None:
    """Return for each place of a bar whether it is "taken", "free" or "over"; None when they are too many.

    Who comes on top of the total counts as over.
    """
    if max(taken, total) > _MOST_CELLS:
        return None
    states = ["taken"] * min(taken, total) + ["free"] * max(0, total - taken)
    return states + ["over"] * max(0, taken - total)


def line(values: Sequence[Value], width: float, height: float, margin: float = 2) -> Line:
    """Return a line through these values from side to side, the highest at the top and nought at the bottom."""
    top = max((value for value in values if value is not None), default=0) or 1
    step = (width - 2 * margin) / max(1, len(values) - 1)
    points = [
        None if value is None else (margin + index * step, height - margin - value / top * (height - 2 * margin))
        for index, value in enumerate(values)
    ]
    return _through(points)


def widths(values: Sequence[Value]) -> list[float]:
    """Return the length of each bar as a percentage of the longest; nought for what is not known."""
    top = max((value for value in values if value is not None), default=0)
    return [round(value / top * 100, 1) if value and top else 0 for value in values]


def plot(values: Sequence[Value], minimum: float | None = None) -> Plot:
    """Return a line whose points stand in the middle of columns of equal width, with a scale of round numbers."""
    highest = max((value for value in (*values, minimum) if value is not None), default=0)
    step = _round_step(highest)
    top = max(step, -(-highest // step) * step)
    points = [
        None if value is None else ((index + 0.5) / len(values) * 100, _height(value, top))
        for index, value in enumerate(values)
    ]
    ticks = tuple((_height(value, top), value) for value in range(0, int(top) + 1, step))
    return Plot(_through(points), ticks, None if minimum is None else _height(minimum, top))


def _height(value: float, top: float) -> float:
    return round(100 - value / top * 100, 1)


def _round_step(highest: float) -> int:
    """Return the smallest of 1, 2, 5, 10, 20 and so on by which the scale has at most four lines above nought."""
    power = 1
    while True:
        for step in _STEPS:
            if highest <= 4 * step * power:
                return step * power
        power *= 10


def _through(points: Sequence[tuple[float, float] | None]) -> Line:
    known = [point for point in points if point is not None]
    parts = []
    for is_known, run in groupby(points, key=lambda point: point is not None):
        if is_known:
            texts = [f"{point[0]:.1f},{point[1]:.1f}" for point in run if point is not None]
            parts.append(" ".join(texts * 2 if len(texts) == 1 else texts))
    return Line(tuple(parts), known[-1] if known else None)
