"""One measurement: its states, and the days that it is open."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.questionnaires.rules.measurements import (
    FINAL,
    State,
    check_may_answer,
    check_step,
    expires_at,
    last_day,
)
from shared.errors import Refusal

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
ALLOWED = {
    ("open", "started"),
    ("open", "expired"),
    ("open", "withdrawn"),
    ("started", "completed"),
    ("started", "expired"),
    ("started", "withdrawn"),
}


@pytest.mark.parametrize("old", list(State))
@pytest.mark.parametrize("new", list(State))
def test_only_the_steps_that_were_agreed_are_possible(old, new):
    if (old, new) in ALLOWED:
        check_step(old, new)
        return

    with pytest.raises(Refusal) as refusal:
        check_step(old, new)

    assert refusal.value.code == "measurement_step"
    assert refusal.value.facts == {"old": old, "new": new}


def test_completed_expired_and_withdrawn_are_the_end():
    assert {"completed", "expired", "withdrawn"} == FINAL


def test_a_list_opened_on_the_24th_is_open_to_the_end_of_the_22nd():
    opened = datetime(2026, 11, 24, 19, 30, tzinfo=UTC)

    closes = expires_at(opened, AMSTERDAM)

    assert closes == datetime(2026, 12, 22, 23, 0, tzinfo=UTC)  # midnight in Amsterdam
    assert last_day(closes, AMSTERDAM) == date(2026, 12, 22)


def test_opened_just_after_local_midnight_counts_from_the_local_day():
    opened = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)  # already the 24th in Amsterdam

    assert last_day(expires_at(opened, AMSTERDAM), AMSTERDAM) == date(2026, 12, 22)


@settings(deadline=None, database=None)
@given(st.timedeltas(timedelta(0), timedelta(days=1500)), st.integers(1, 60))
def test_it_is_open_for_the_promised_days_and_ends_at_local_midnight(later, days):
    opened = datetime(2026, 1, 1, tzinfo=UTC) + later

    closes = expires_at(opened, AMSTERDAM, days)
    local = closes.astimezone(AMSTERDAM)

    assert (local.hour, local.minute, local.second) == (0, 0, 0)
    assert last_day(closes, AMSTERDAM) == opened.astimezone(AMSTERDAM).date() + timedelta(days=days)


@pytest.mark.parametrize("state", ["open", "started"])
def test_answers_are_taken_until_the_last_moment(state):
    closes = datetime(2026, 12, 22, 23, 0, tzinfo=UTC)

    check_may_answer(state, closes - timedelta(seconds=1), closes)

    with pytest.raises(Refusal) as refusal:
        check_may_answer(state, closes, closes)
    assert refusal.value.code == "measurement_expired"


@pytest.mark.parametrize("state", sorted(FINAL))
def test_a_closed_list_takes_no_answers_and_says_why(state):
    now = datetime(2026, 12, 1, tzinfo=UTC)

    with pytest.raises(Refusal) as refusal:
        check_may_answer(state, now, now + timedelta(days=1))

    assert refusal.value.code == f"measurement_{state}"
