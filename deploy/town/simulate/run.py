"""`./houvast simulate`: play a month, have every message explained, and say whether all promises were kept."""

from __future__ import annotations

import logging
import shutil
import sys
import tempfile
import time
from datetime import date, datetime
from pathlib import Path

import click

from deploy.town.simulate.month import play_month
from deploy.town.simulate.referee.promised import wall
from deploy.town.simulate.referee.verdict import judge
from deploy.town.simulate.report import print_report
from shared import log

_SAY_EVERY_SECONDS = 10.0


def simulate(
    *, groups: int, first_day: date, days: int, seed: int, people: int, keep: Path | None, as_json: bool
) -> int:
    """Play, judge and print; gives the exit code."""
    log.configure("simulate", level=logging.ERROR)
    folder = keep or Path(tempfile.mkdtemp(prefix="houvast-simulate-"))
    if keep is not None and keep.exists() and any(keep.iterdir()):
        raise click.UsageError(f"In {keep} staat al iets. Kies een lege map.")
    progress = _Progress(first_day, days)
    try:
        record = play_month(
            folder / "town", groups=groups, first_day=first_day, days=days, seed=seed, people=people,
            say=progress.say,
        )  # fmt: skip
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
    """How far it is: one line that changes on a terminal, elsewhere a line now and then."""

    def __init__(self, first_day: date, days: int) -> None:
        self._first, self._days, self._said = first_day, days, 0.0
        self._is_live = sys.stderr.isatty()

    def say(self, moment: datetime) -> None:
        """This moment is reached."""
        now = time.monotonic()
        if now - self._said < (0.2 if self._is_live else _SAY_EVERY_SECONDS):
            return
        self._said = now
        here = wall(moment)
        day = min(self._days, (here.date() - self._first).days + 1)
        line = f"dag {day} van {self._days}, {here:%d-%m %H.%M}"
        click.echo(f"\r\033[K{line}" if self._is_live else line, err=True, nl=not self._is_live)

    def end(self) -> None:
        """It is played."""
        if self._is_live:
            click.echo("\r\033[K", err=True, nl=False)
