"""One reader of days and times on a local clock, for forms, programs and events."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import clock
from shared.local_time import read_day, read_time


@pytest.mark.parametrize(
    "text", ["2026-11-24", "24-11-2026", "24-11-26", "24/11/2026", "24.11.26", "24 11 2026", " 24-11-2026 "]
)
def test_a_day_is_read_as_browsers_and_people_write_it(text: str) -> None:
    assert read_day(text) == date(2026, 11, 24)


@pytest.mark.parametrize(
    "text",
    [
        *("99999999999-1-1", "1-1-99999999999", "30-2-2026", "2026-13-01", "0026-11-24", "9999-12-31", "24-11"),
        *("", "-", "٢٤-١١-٢٠٢٦", "2026-11-24T10:00", "morgen", "1-1-026"),
    ],
)
def test_what_is_no_day_is_none(text: str) -> None:
    assert read_day(text) is None


@pytest.mark.parametrize("text", ["19:30", "19.30", "19:30:00", " 19:30 "])
def test_a_time_is_read_in_hours_and_minutes(text: str) -> None:
    assert read_time(text) == time(19, 30)


@pytest.mark.parametrize(
    "text",
    ["15:00:30", "15:00:00+05:00", "15:00Z", "15:00:00.5", "24:00", "12:60", "1500", "", "9" * 5000, "١٥:٠٠", "3"],
)
def test_seconds_an_offset_or_anything_else_is_no_time(text: str) -> None:
    assert read_time(text) is None


@given(st.text())
def test_nothing_that_anybody_types_breaks_a_reader(text: str) -> None:
    read_day(text), read_time(text)


def test_only_in_the_hour_in_which_summer_time_ends_a_clock_shows_a_time_twice() -> None:
    autumn = date(2026, 10, 25)

    assert clock.comes_twice(autumn, time(2, 30))
    assert not clock.comes_twice(autumn, time(3, 0))
    assert not clock.comes_twice(date(2026, 10, 24), time(2, 30))
    assert not clock.comes_twice(date(2026, 3, 29), time(2, 30))
    assert clock.instant(autumn, time(2, 30)).hour == 0
