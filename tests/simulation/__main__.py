"""`./houvast simulate`: run a month, have every message explained, and report whether all promises were kept."""

from __future__ import annotations

import logging
import secrets
import shutil
import sys
import tempfile
import time
from datetime import date, datetime
from pathlib import Path

import click

from deploy.local.options import JSON
from shared import log
from tests.simulation.oracle.promises import wall
from tests.simulation.oracle.verdict import judge
from tests.simulation.report import print_report
from tests.simulation.scenario import run_month

_SHOW_EVERY_SECONDS = 10.0


def run(
    *, groups: int, first_day: date, days: int, seed: int, people: int, keep: Path | None, as_json: bool
) -> int:
    """Run, judge and print; return the exit code."""
    log.configure("simulate", level=logging.ERROR)
    folder = keep or Path(tempfile.mkdtemp(prefix="houvast-simulate-"))
    if keep is not None and keep.exists() and any(keep.iterdir()):
        raise click.UsageError(f"In {keep} staat al iets. Kies een lege map.")
    progress = _Progress(first_day, days)
    try:
        record = run_month(
            folder / "installation",
            groups=groups,
            first_day=first_day,
            days=days,
            seed=seed,
            people=people,
            inform=progress.inform,
        )
        progress.end()
        if keep is not None:
            record.write(keep / "record.json")
    finally:
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)
    verdict = judge(record)
    print_report(record, verdict, as_json=as_json)
    return 0 if verdict.is_good else 1


class _Progress:
    """Shows how far it is: one line that changes on a terminal, elsewhere a line now and then."""

    def __init__(self, first_day: date, days: int) -> None:
        self._first, self._days, self._shown_at = first_day, days, 0.0
        self._is_live = sys.stderr.isatty()

    def inform(self, moment: datetime) -> None:
        """Show that this moment is reached."""
        now = time.monotonic()
        if now - self._shown_at < (0.2 if self._is_live else _SHOW_EVERY_SECONDS):
            return
        self._shown_at = now
        here = wall(moment)
        day = min(self._days, (here.date() - self._first).days + 1)
        line = f"dag {day} van {self._days}, {here:%d-%m %H.%M}"
        click.echo(f"\r\033[K{line}" if self._is_live else line, err=True, nl=not self._is_live)

    def end(self) -> None:
        """Clear the line."""
        if self._is_live:
            click.echo("\r\033[K", err=True, nl=False)


@click.command(
    help="Speel in het klein een maand van verzonnen groepen na, en verklaar elk bericht: waarom het er is en"
    " waarom het zo eindigde. Raakt geen bestaande installatie aan."
)
@click.option("--groups", default=10, show_default=True, type=click.IntRange(1, 100), help="Hoeveel groepen.")
@click.option(
    "--from",
    "first_day",
    default="2026-10-05",
    show_default=True,
    type=click.DateTime(["%Y-%m-%d"]),
    help="De eerste dag.",
)
@click.option("--days", default=31, show_default=True, type=click.IntRange(2, 366), help="Hoeveel dagen.")
@click.option("--seed", type=int, help="De kans: dezelfde speelt hetzelfde na. Zonder wordt er een gekozen.")
@click.option(
    "--people",
    type=click.IntRange(1, 5000),
    help="Hoeveel mensen zich aanmelden; acht per groep als je niets zegt.",
)
@click.option(
    "--keep", type=click.Path(file_okay=False, path_type=Path), help="Bewaar wat er gebeurde in deze map."
)
@JSON
def main(
    groups: int,
    first_day: datetime,
    days: int,
    seed: int | None,
    people: int | None,
    keep: Path | None,
    as_json: bool,
) -> None:
    """Run a month; exit 0 only when every message is explained and every promise was kept."""
    sys.exit(
        run(
            groups=groups,
            first_day=first_day.date(),
            days=days,
            people=people or 8 * groups,
            as_json=as_json,
            seed=secrets.randbelow(1_000_000) if seed is None else seed,
            keep=keep.resolve() if keep else None,
        )
    )


if __name__ == "__main__":
    main(prog_name="houvast simulate")
