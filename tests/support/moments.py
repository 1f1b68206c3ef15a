"""Moments as tests write them, and a clock that also goes back."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from shared import clock

ZONE = ZoneInfo("Europe/Amsterdam")


def moment_of(text: str) -> datetime:
    """Read a moment in local time: '2026-11-23 20.00'."""
    return datetime.strptime(text, "%Y-%m-%d %H.%M").replace(tzinfo=ZONE)


def set_clock(file: Path, text: str) -> None:
    """Make it this moment for every process that follows this file, also when that is back in time."""
    file.write_text(repr((moment_of(text) - clock.wall()).total_seconds()), encoding="ascii")
    clock.follow(file)
