"""What `./houvast test --days` runs: the tests that live by the clock, on other days, and on a busy machine.

Debian's libfaketime tells the processes of a run another time; the monotonic clock stays as it is. A broker or a
database that runs here keeps the real time, and may: moments in it are those that we write. A browser is left
out: it judges cookies and certificates by a clock of its own.
"""

from __future__ import annotations

import calendar
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from glob import glob
from pathlib import Path
from zoneinfo import ZoneInfo

from deploy.needs import FALSE_CLOCK

ROOT = Path(__file__).resolve().parent.parent
ZONE = ZoneInfo("Europe/Amsterdam")
BUSY_LOOPS = 2
# On the path of every process: a sleep that libfaketime leaves alone (see there).
SLEEPS_ITSELF = ROOT / "tests" / "support" / "plugins" / "false_clock"
# Once, on files: which server keeps the rows or carries the events makes no difference to the day.
LEFT_OUT = ("-k", "not servers and not postgres and not rabbitmq")
# What goes by the time of the machine says so itself, by the marker `clock`.
MARKED, NAMED = ("-m", "clock and not browser"), ("-m", "not browser")


@dataclass(frozen=True)
class Moment:
    """When a run begins, on a Dutch clock; the clock goes on from there."""

    name: str
    at: datetime


def moments(today: date) -> list[Moment]:
    """Return a week to come, each day at an hour of its own, and the days and nights that are unlike others."""
    hours = (10, 14, 20, 3, 7, 16, 22)
    week = [today + timedelta(days=ahead) for ahead in range(1, 8)]
    chosen = [Moment(_DAYS[on.weekday()], _at(on, time(hour))) for on, hour in zip(week, hours, strict=True)]
    years = range(today.year, today.year + 9)
    leap = next(date(year, 2, 29) for year in years if calendar.isleap(year) and date(year, 2, 29) > today)
    special = (
        ("de nacht naar het nieuwe jaar", [date(year, 12, 31) for year in years], time(23, 50)),
        ("28 februari", [date(year, 2, 28) for year in years], time(23, 50)),
        ("29 februari", [leap], time(12)),
        ("de nacht naar de zomertijd", [_last_sunday(year, 3) for year in years], time(1, 50)),
        ("de nacht naar de wintertijd", [_last_sunday(year, 10) for year in years], time(2, 50)),
    )
    for name, days, clock in special:
        chosen.append(Moment(name, _at(next(day for day in days if day > today), clock)))
    return chosen


_DAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")


def _at(on: date, at: time) -> datetime:
    return datetime.combine(on, at, ZONE)


def _last_sunday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


def find_library() -> Path | None:
    """Return where Debian put libfaketime; None when it is not here."""
    return next((Path(place) for place in sorted(glob(FALSE_CLOCK.shown_by))), None)


def environ_at(moment: datetime, false_clock: Path) -> dict[str, str]:
    """Return the environment of a process for which it is this moment now.

    As seconds to add: with a moment each process would begin there, and those that start later would lag behind.
    """
    ahead = round((moment - datetime.now(UTC)).total_seconds())
    return {
        **os.environ,
        "LD_PRELOAD": str(false_clock),
        "FAKETIME": f"{ahead:+d}",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "PYTHONPATH": str(SLEEPS_ITSELF),
    }


@contextmanager
def busy(loops: int) -> Iterator[None]:
    """Keep this many processors busy with nothing for a while."""
    started = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"], stdin=subprocess.DEVNULL)
        for _ in range(loops)
    ]
    try:
        yield
    finally:
        for loop in started:
            loop.kill()
            loop.wait()


def environ_of(moment: Moment | None) -> Mapping[str, str]:
    """Return the environment to run in: that of this moment, or of now."""
    false_clock = find_library()
    return os.environ if moment is None or false_clock is None else environ_at(moment.at, false_clock)
