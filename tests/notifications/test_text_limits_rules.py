"""How many text messages may leave: never more in a day than was set, and never held longer than needed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from services.notifications.rules.text_limits import (
    DAY,
    Sent,
    TextLimits,
    block_of,
    free_at,
    is_our_country,
    most_in_all,
)

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
FEW = TextLimits(per_number=2, per_block=3, in_all=4)


@hypothesis_settings(deadline=None, database=None)
@given(st.lists(st.integers(0, 60), max_size=60), st.integers(1, 5))
def test_in_no_day_more_leave_than_may_and_none_waits_for_nothing(waits: list[int], most: int):
    limits, now, left = TextLimits(per_number=most, per_block=100, in_all=100), NOW, []
    for wait in waits:
        now += timedelta(minutes=30 * wait)
        frees = free_at(Sent(left, left, left), limits, now)
        recent = [moment for moment in left if moment > now - DAY]
        assert (frees is None) == (len(recent) < most)
        if frees is None:
            left.append(now)
        else:
            assert now < frees <= now + DAY
            assert len([moment for moment in left if moment > frees - DAY]) == most - 1 or len(set(left)) < len(
                left
            )

    for moment in left:
        assert len([earlier for earlier in left if moment - DAY < earlier <= moment]) <= most


def test_the_narrowest_limit_decides_and_the_last_to_free_tells_when():
    early, late = NOW - timedelta(hours=20), NOW - timedelta(hours=1)

    assert free_at(Sent(), FEW, NOW) is None
    assert free_at(Sent([early, early], [early, early], [early, early]), FEW, NOW) == early + DAY
    assert free_at(Sent([early, late], [early, late, late], [late] * 3), FEW, NOW) == early + DAY
    assert free_at(Sent([], [], [late] * 4), FEW, NOW) == late + DAY


@pytest.mark.parametrize(
    ("number", "ours"), [("+31612345678", True), ("+32475123456", False), ("0612345678", False), ("", False)]
)
def test_only_the_countries_that_were_named(number: str, ours: bool):
    assert is_our_country(number, FEW) is ours


def test_a_block_is_ten_thousand_numbers():
    assert block_of("+31612345678") == block_of("+31612340000") != block_of("+31612350000")


@pytest.mark.parametrize(("members", "most"), [(0, 1000), (300, 1000), (2467, 7401)])
def test_where_more_people_take_part_more_text_messages_may_leave(members: int, most: int):
    assert most_in_all(members) == most
