"""From which day somebody new may start."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.rules.placements import first_entry_on
from shared.errors import GiveUp

pytestmark = pytest.mark.clock

FIRST = date(2026, 9, 1)
DAYS = st.dates(date(2020, 1, 1), date(2040, 1, 1))


@pytest.mark.parametrize("admission", ["rolling", "intervals", "fixed"])
@pytest.mark.parametrize("today", [date(2026, 8, 1), FIRST])
def test_before_and_on_the_first_day_everybody_starts_with_the_group(admission: str, today: date) -> None:
    assert first_entry_on(admission, 6 if admission == "intervals" else None, FIRST, today) == FIRST


@pytest.mark.parametrize("admission", ["rolling", "intervals", "fixed"])
def test_a_group_without_a_first_meeting_has_not_begun_so_nobody_is_late(admission: str) -> None:
    assert first_entry_on(admission, None, None, date(2026, 11, 20)) == date(2026, 11, 20)


def test_a_rolling_group_can_be_joined_today() -> None:
    assert first_entry_on("rolling", None, FIRST, date(2026, 11, 20)) == date(2026, 11, 20)


def test_a_fixed_group_that_has_begun_cannot_be_joined() -> None:
    assert first_entry_on("fixed", None, FIRST, date(2026, 9, 2)) is None


def test_every_six_weeks_counts_from_the_first_meeting_and_the_day_itself_is_allowed() -> None:
    assert first_entry_on("intervals", 6, FIRST, date(2026, 9, 2)) == date(2026, 10, 13)
    assert first_entry_on("intervals", 6, FIRST, date(2026, 10, 13)) == date(2026, 10, 13)
    assert first_entry_on("intervals", 6, FIRST, date(2026, 10, 14)) == date(2026, 11, 24)


def test_a_group_that_should_not_exist_is_given_up() -> None:
    with pytest.raises(GiveUp):
        first_entry_on("open", None, FIRST, date(2026, 11, 20))
    with pytest.raises(GiveUp):
        first_entry_on("intervals", None, FIRST, date(2026, 11, 20))


@given(first=DAYS, today=DAYS, weeks=st.integers(1, 52))
def test_an_entry_day_is_never_past_never_further_than_one_interval_and_on_the_rhythm(
    first: date, today: date, weeks: int
) -> None:
    entry = first_entry_on("intervals", weeks, first, today)

    assert entry is not None
    assert entry >= max(first, today)
    assert entry - max(first, today) < timedelta(weeks=weeks)
    assert (entry - first).days % (7 * weeks) == 0
