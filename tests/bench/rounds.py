"""Contenders side by side: each is measured once a round, in shuffled order; a ratio is one of a single round."""

from __future__ import annotations

import random
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# row -> measure -> figure
Round = Mapping[str, Mapping[str, float]]
Contender = Callable[[], Mapping[str, float]]


@dataclass(frozen=True)
class Goal:
    """A figure of one round that ought to reach a bound, or to stay under it when `at_most`."""

    name: str
    bound: float
    of: Callable[[Round], float]
    at_most: bool = False


@dataclass(frozen=True)
class Outcome:
    """What a bench found; `notes` are sentences on how it was measured."""

    bench: str
    rounds: Sequence[Round]
    goals: Sequence[Goal]
    notes: Sequence[str] = field(default_factory=tuple)

    def as_json(self) -> dict[str, Any]:
        """Everything that is shown, as plain values."""
        return {
            "bench": self.bench,
            "rounds": len(self.rounds),
            "rows": {row: self._measures(row) for row in self.rounds[0]},
            "goals": [judged for goal in self.goals if (judged := self._judged(goal)) is not None],
            "notes": list(self.notes),
        }

    def _measures(self, row: str) -> dict[str, dict[str, float]]:
        return {name: spread([figures[row][name] for figures in self.rounds]) for name in self.rounds[0][row]}

    def _judged(self, goal: Goal) -> dict[str, Any] | None:
        """By the median; None when it needs a row that was not measured."""
        try:
            judged = spread([goal.of(figures) for figures in self.rounds])
        except KeyError:
            return None
        median = judged["median"]
        is_met = median <= goal.bound if goal.at_most else median >= goal.bound
        return {"what": goal.name, "bound": goal.bound, "at_most": goal.at_most, **judged, "met": is_met}


def measure(contenders: Mapping[str, Contender], count: int, part: str = "") -> list[Round]:
    """So many rounds, with the rows in the order of `contenders` whatever the order of their turns was.

    part  what the name of a row must hold to be measured
    """
    contenders = {name: contender for name, contender in contenders.items() if part in name}
    rounds: list[Round] = []
    for number in range(count):
        turns = list(contenders)
        random.shuffle(turns)
        figures = {}
        for turn, name in enumerate(turns, start=1):
            _progress(f"ronde {number + 1} van {count}: {turn} van {len(turns)}, {name}")
            figures[name] = contenders[name]()
        rounds.append({name: figures[name] for name in contenders})
    _progress("")
    return rounds


def spread(values: Sequence[float]) -> dict[str, float]:
    """Lowest, median and highest."""
    return {"min": min(values), "median": statistics.median(values), "max": max(values)}


def percentile(values: Sequence[float], hundredth: int) -> float:
    """The value below which so many in a hundred lie."""
    return statistics.quantiles(values, n=100, method="inclusive")[hundredth - 1]


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
