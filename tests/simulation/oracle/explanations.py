"""Why a message exists and why it ended as it did, in a few words; nothing where no deed explains it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tests.simulation.oracle.case import Case, Finding
from tests.simulation.oracle.endings import why_ended
from tests.simulation.oracle.origins import why_made
from tests.simulation.record import Life


@dataclass(frozen=True)
class Explanation:
    """why it exists, how it ended; None when nothing explains it."""

    why: str | None
    ended: str | None


def explain(case: Case, life: Life) -> Explanation:
    """Both, for one message."""
    return Explanation(why_made(case, life), why_ended(case, life))


def judge_unexplained(lives: Iterable[Life], explained: Mapping[str, Explanation]) -> list[Finding]:
    """The messages of which somebody would ask: why did I get this, or why did I not?"""
    findings = []
    for life in lives:
        found = explained[life.id]
        about = f"{life.kind} {life.end.state} {life.end.reason or ''}".strip()
        if found.why is None:
            findings.append(Finding("niemand weet waarom dit bericht er is", about, life.id))
        if found.ended is None:
            findings.append(Finding("niemand weet waarom dit bericht zo eindigde", about, life.id))
    return findings
