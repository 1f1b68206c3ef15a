"""The verdict on a whole month: every message explained, and everything that should not be so."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from tests.simulation.oracle.deliveries import check_deliveries
from tests.simulation.oracle.expectations import check_promises
from tests.simulation.oracle.explanations import Explanation, explain, find_unexplained
from tests.simulation.oracle.facts import Facts, Finding, unique
from tests.simulation.record import Record

# Kind of message, how it ended, and why it did so.
Row = tuple[str, str, str]


@dataclass(frozen=True)
class Verdict:
    """What was found. rows: how many messages ended how; unexplained, broken: what should not be so."""

    rows: dict[Row, int]
    unexplained: list[Finding]
    broken: list[Finding]

    @property
    def is_good(self) -> bool:
        """Whether every message is explained and every promise was kept."""
        return not self.unexplained and not self.broken


def judge(record: Record) -> Verdict:
    """Judge a record."""
    facts = Facts(record)
    explained: dict[str, Explanation] = {history.id: explain(facts, history) for history in record.histories}
    rows = Counter(
        (history.message_type, history.end.state, explained[history.id].ended or history.end.reason or "")
        for history in record.histories
    )
    return Verdict(
        dict(sorted(rows.items())),
        find_unexplained(record.histories, explained),
        unique([*check_deliveries(facts), *check_promises(facts)]),
    )
