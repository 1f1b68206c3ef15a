"""The one source of time; in the embedded installation a file that all processes read can move it forward.

`now()` is the time of the people: what is planned, what is due. `wall()` is the time of the machine: leases,
retries, log lines. Only the first follows the file, so a moved clock never confuses two processes.
"""

from __future__ import annotations

import contextlib
import os
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time

from shared import language
from shared.errors import Refusal

ZONE = "Europe/Amsterdam"
_zone = ZoneInfo(ZONE)
_followed: Path | None = None
# The pattern of a time in each language.
_HOURS = {"nl": "H.mm", "en": "HH:mm"}


def follow(path: Path | None) -> None:
    """Add the seconds written in this file to every `now()`; None follows no file."""
    global _followed
    _followed = path


def is_movable() -> bool:
    """Tell whether this installation has a clock that can be moved."""
    return _followed is not None


def wall() -> datetime:
    """Return the time of the machine, aware, in UTC."""
    return datetime.now(UTC)


def now() -> datetime:
    """Return the time of the people, aware, in UTC."""
    return for_people(wall())


def for_people(moment: datetime) -> datetime:
    """Return what the people's clock shows when the machine's shows `moment`, as it stands now."""
    return moment + timedelta(seconds=_offset_seconds())


def today() -> date:
    """Return the day it is for the people, in local time."""
    return now().astimezone(_zone).date()


def move_to(moment: datetime) -> None:
    """Move the clock to `moment` for every process.

    Refused: clock_stands_still, clock_only_forward.
    """
    if _followed is None:
        raise Refusal("clock_stands_still")
    ahead = (moment - wall()).total_seconds()
    if ahead < _offset_seconds() - 1:
        raise Refusal("clock_only_forward")
    written = _followed.with_suffix(f".{os.getpid()}")
    written.write_text(repr(ahead), encoding="ascii")
    written.replace(_followed)


def local(moment: datetime) -> datetime:
    """Return the same instant in Dutch local time."""
    return moment.astimezone(_zone)


def instant(on: date, at: time, zone: str = ZONE) -> datetime:
    """Return the instant at which a local clock shows this; the first of two in the hour that comes twice."""
    return datetime.combine(on, at, ZoneInfo(zone)).astimezone(UTC)


def comes_twice(on: date, at: time, zone: str = ZONE) -> bool:
    """Tell whether a local clock shows this twice: in the hour when summer time ends."""
    first, second = (datetime.combine(on, at.replace(fold=fold), ZoneInfo(zone)) for fold in (0, 1))
    return (first.utcoffset() or timedelta()) > (second.utcoffset() or timedelta())


def day_text(on: date) -> str:
    """Return 'dinsdag 24 november', with the year when it is another year than now; in the current language."""
    pattern = "EEEE d MMMM" if on.year == today().year else "EEEE d MMMM y"
    return format_date(on, pattern, locale=_locale())


def hour_text(at: time | datetime) -> str:
    """Return '19.30', or '19:30' in English: as a clock on the wall of the place shows it."""
    return format_time(at, _HOURS[language.current()], locale=_locale())


def hour_of_day(at: time | datetime) -> str:
    """Return '19.30 uur', or '19:30' in English, to stand in a sentence."""
    return f"{hour_text(at)} uur" if language.current() == language.SOURCE else hour_text(at)


def moment_text(moment: datetime) -> str:
    """Return 'dinsdag 24 november, 19.30', in Dutch local time and the current language."""
    on_clock = local(moment)
    return f"{day_text(on_clock.date())}, {hour_text(on_clock.timetz().replace(tzinfo=None))}"


def _locale() -> str:
    return language.LOCALES[language.current()]


def _offset_seconds() -> float:
    if _followed is not None:
        with contextlib.suppress(FileNotFoundError, ValueError):
            return float(_followed.read_text(encoding="ascii"))
    return 0.0
