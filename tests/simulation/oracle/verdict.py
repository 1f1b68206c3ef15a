"""What the referee says of a whole month: every message explained, and everything that should not be so."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from tests.simulation.oracle.case import Case, Finding, unique
from tests.simulation.oracle.deliveries import judge_arrivals
from tests.simulation.oracle.expectations import judge_promises
from tests.simulation.oracle.explanations import Explanation, explain, judge_unexplained
from tests.simulation.record import Record

# Kind of message, how it ended, and why it did so.
Row = tuple[str, str, str]


@dataclass(frozen=True)
class Verdict:
    """rows: how many messages went each way; unexplained and broken: what should not be so."""

    rows: dict[Row, int]
    unexplained: list[Finding]
    broken: list[Finding]

    @property
    def is_good(self) -> bool:
        """Whether there is nothing to complain about."""
        return not self.unexplained and not self.broken


def judge(record: Record) -> Verdict:
    """Look at everything once."""
    case = Case(record)
    explained: dict[str, Explanation] = {life.id: explain(case, life) for life in record.lives}
    rows = Counter(
        (life.kind, life.end.state, explained[life.id].ended or life.end.reason or "") for life in record.lives
    )
    return Verdict(
        dict(sorted(rows.items())),
        judge_unexplained(record.lives, explained),
        unique([*judge_arrivals(case), *judge_promises(case)]),
    )
