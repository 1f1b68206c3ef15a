"""The one source of time; on the embedded default it can be moved forward by a file that all processes follow.

`now()` is the time of the people: what is planned, what is due. `wall()` is the time of the machine:
leases, retries, log lines. Only the first follows the file, so a moved clock never confuses two processes.
"""

from __future__ import annotations

import contextlib
import os
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time

from shared.errors import Refusal

ZONE = "Europe/Amsterdam"
_zone = ZoneInfo(ZONE)
_followed: Path | None = None


def follow(path: Path | None) -> None:
    """Add the seconds written in this file to every `now()`; None follows no file."""
    global _followed
    _followed = path


def is_movable() -> bool:
    """Whether this installation has a clock that can be moved."""
    return _followed is not None


def wall() -> datetime:
    """The time of the machine, aware, in UTC."""
    return datetime.now(UTC)


def now() -> datetime:
    """The time of the people, aware, in UTC."""
    return wall() + timedelta(seconds=_offset_seconds())


def today() -> date:
    """The day it is for the people, in local time."""
    return now().astimezone(_zone).date()


def move_to(moment: datetime) -> None:
    """Make it `moment` for everybody. Refused as "clock_stands_still" or "clock_only_forward"."""
    if _followed is None:
        raise Refusal("clock_stands_still")
    ahead = (moment - wall()).total_seconds()
    if ahead < _offset_seconds() - 1:
        raise Refusal("clock_only_forward")
    fresh = _followed.with_suffix(f".{os.getpid()}")
    fresh.write_text(repr(ahead), encoding="ascii")
    fresh.replace(_followed)


def local(moment: datetime) -> datetime:
    """The same instant as a Dutch clock shows it."""
    return moment.astimezone(_zone)


def instant(on: date, at: time, zone: str = ZONE) -> datetime:
    """The instant at which a local clock shows this; the first of two in the hour that comes twice."""
    return datetime.combine(on, at, ZoneInfo(zone)).astimezone(UTC)


def day_text(on: date) -> str:
    """'dinsdag 24 november', with the year when it is another year than now."""
    pattern = "EEEE d MMMM" if on.year == today().year else "EEEE d MMMM y"
    return format_date(on, pattern, locale="nl")


def hour_text(at: time | datetime) -> str:
    """'19.30'."""
    return format_time(at, "H.mm", locale="nl")


def moment_text(moment: datetime) -> str:
    """'dinsdag 24 november, 19.30' on a Dutch clock."""
    here = local(moment)
    return f"{day_text(here.date())}, {hour_text(here.timetz().replace(tzinfo=None))}"


def _offset_seconds() -> float:
    if _followed is not None:
        with contextlib.suppress(FileNotFoundError, ValueError):
            return float(_followed.read_text(encoding="ascii"))
    return 0.0
