"""The report of a month: a table of what became of every message, and what should not be so."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, timedelta

import click

from tests.simulation.oracle.promises import wall
from tests.simulation.oracle.verdict import Verdict
from tests.simulation.record import Record

_STATES = {
    "planned": "gepland",
    "held": "wacht",
    "accepted": "bezorgd",
    "delivered": "bezorgd",
    "undelivered": "terug",
    "withdrawn": "ingetrokken",
    "suppressed": "niet gestuurd",
    "expired": "verlopen",
}


def print_report(record: Record, verdict: Verdict, *, as_json: bool) -> None:
    """Print all of it, for a person or as JSON for a program."""
    if as_json:
        click.echo(json.dumps(_as_data(record, verdict), indent=2))
        return
    _print_month(record)
    _print_rows(verdict)
    for finding in [*verdict.unexplained, *verdict.broken]:
        click.echo(f"  ! {finding}")
    click.echo(
        f"{sum(verdict.rows.values())} berichten: {len(verdict.unexplained)} niet verklaard,"
        f" {len(verdict.broken)} beloften gebroken."
    )


def _as_data(record: Record, verdict: Verdict) -> dict[str, object]:
    return {
        "seed": record.seed,
        "actions": dict(sorted(Counter(action.kind for action in record.actions).items())),
        "refused": record.refused,
        "arrived": len(record.arrivals),
        "messages": [
            {"kind": kind, "end": end, "why": why, "count": count}
            for (kind, end, why), count in verdict.rows.items()
        ],
        "unexplained": [str(finding) for finding in verdict.unexplained],
        "broken": [str(finding) for finding in verdict.broken],
    }


def _print_month(record: Record) -> None:
    actions = Counter(action.kind for action in record.actions)
    assert record.ended_at is not None
    first, last = wall(record.began_at).date(), wall(record.ended_at).date()
    click.echo(
        f"{first:%d-%m-%Y} tot {last:%d-%m-%Y}, met kans {record.seed}: {actions['group_founded']} groepen,"
        f" {actions['person_came']} mensen, {actions['meeting_closed']} bijeenkomsten afgesloten,"
        f" {actions['meeting_moved']} keer verplaatst, {actions['meeting_cancelled']} keer niet doorgegaan,"
        f" {actions['called_off']} keer afgemeld. {len(record.arrivals)} berichten kwamen aan."
    )
    changes = [f"{day:%d-%m-%Y}" for day in _clock_changes(first, last)]
    click.echo(f"De klok ging om op {' en '.join(changes)}." if changes else "De klok ging niet om.")


def _clock_changes(first: date, last: date) -> list[date]:
    """List the days in between on which the clock is changed: the last Sundays of March and October."""
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [day for day in days if day.month in (3, 10) and day.weekday() == 6 and day.day > 24]


def _print_rows(verdict: Verdict) -> None:
    kinds = max((len(kind) for kind, _, _ in verdict.rows), default=0)
    before = ""
    click.echo("")
    for (kind, end, why), count in verdict.rows.items():
        shown = kind if kind != before else ""
        click.echo(f"{shown:<{kinds}}  {_STATES.get(end, end):<13}  {count:>5}  {why}")
        before = kind
    click.echo("")
