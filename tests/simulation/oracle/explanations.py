"""Why a message exists and why it ended as it did, in a few words; nothing where no action explains it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tests.simulation.oracle.endings import why_ended
from tests.simulation.oracle.facts import Facts, Finding
from tests.simulation.oracle.origins import why_made
from tests.simulation.record import MessageHistory


@dataclass(frozen=True)
class Explanation:
    """Why it exists, and why it ended as it did; None when nothing explains it."""

    why: str | None
    ended: str | None


def explain(facts: Facts, history: MessageHistory) -> Explanation:
    """Explain one message."""
    return Explanation(why_made(facts, history), why_ended(facts, history))


def find_unexplained(histories: Iterable[MessageHistory], explained: Mapping[str, Explanation]) -> list[Finding]:
    """Find the messages of which somebody would ask: why did I get this, or why did I not?"""
    findings = []
    for history in histories:
        explanation = explained[history.id]
        about = f"{history.message_type} {history.end.state} {history.end.reason or ''}".strip()
        if explanation.why is None:
            findings.append(Finding("niemand weet waarom dit bericht er is", about, history.id))
        if explanation.ended is None:
            findings.append(Finding("niemand weet waarom dit bericht zo eindigde", about, history.id))
    return findings
