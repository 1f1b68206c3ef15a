"""From which day somebody new may start in a group."""

from __future__ import annotations

from datetime import date, timedelta

from shared.errors import GiveUp

ADMISSIONS = ("rolling", "intervals", "fixed")


def first_entry_on(
    admission: str, interval_weeks: int | None, first_meeting_on: date | None, today: date
) -> date | None:
    """First day on which someone new may start, or None when the group is fixed and has begun.

    "intervals" counts whole weeks from the group's first meeting (001, checklist 9: for instance every six
    weeks); a start on the day itself is allowed. Without a first meeting nothing has begun, so nobody is late:
    today. GiveUp when the admission is unknown or its interval is missing: such a group should not exist.
    """
    if admission not in ADMISSIONS:
        raise GiveUp(f"unknown admission {admission!r}")
    if first_meeting_on is None or today <= first_meeting_on:
        return first_meeting_on or today
    if admission == "rolling":
        return today
    if admission == "fixed":
        return None
    if not interval_weeks or interval_weeks < 1:
        raise GiveUp("admission at intervals without an interval")
    interval_days = interval_weeks * 7
    begun_days = (today - first_meeting_on).days
    return today + timedelta(days=-begun_days % interval_days)
