"""The time on a local clock, as people, programs and events write it: hours and minutes, no seconds, no offset."""

from __future__ import annotations

import re
from datetime import date, time

from marshmallow import fields

_TIME = re.compile(r"([0-9]{1,2})[.:]([0-9]{2})(?::00)?")
_DAY_FIRST = re.compile(r"([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4}|[0-9]{2})")
_YEAR_FIRST = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_YEARS = range(1900, 3000)


def read_time(text: str) -> time | None:
    """Return the time that is written as 19:30, 19.30 or 19:30:00; None for anything else."""
    match = _TIME.fullmatch(text.strip())
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        return None
    return time(int(match[1]), int(match[2]))


def read_day(text: str) -> date | None:
    """Return the day that is written as 2026-11-24, 24-11-2026 or 24-11-26; None for anything else."""
    if match := _YEAR_FIRST.fullmatch(text.strip()):
        year, month, day = (int(number) for number in match.groups())
    elif match := _DAY_FIRST.fullmatch(text.strip()):
        day, month, year = (int(number) for number in match.groups())
        year += 2000 if len(match[3]) == 2 else 0
    else:
        return None
    try:
        return date(year, month, day) if year in _YEARS else None
    except ValueError:
        return None


class LocalTime(fields.Time):
    """The time on a local clock in whole minutes; an event or form with seconds or an offset is refused."""

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> time:
        read = read_time(value) if isinstance(value, str) else None
        if read is None:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        return read


class Day(fields.Date):
    """A day, as a browser sends it or as people write it."""

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> date:
        read = read_day(value) if isinstance(value, str) else None
        if read is None:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        return read
