"""Belonging: who may join, and stays that come and go."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.meetings.rules.memberships import (
    GROUP_STATES,
    Episode,
    check_may_join,
    check_may_leave,
    is_member_on,
)
from shared.errors import Refusal


def join(**changes: object) -> None:
    usual = {"group_state": "running", "members": ["sam", "vos"], "max_size": 8, "identity": "call_name"}
    check_may_join("noor", **{**usual, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize("state", ["preparing", "ready", "running", "paused"])
def test_one_may_join_a_group_that_goes_on(state: str) -> None:
    join(group_state=state)


def test_a_group_without_a_maximum_is_never_full() -> None:
    join(members=[str(number) for number in range(500)], max_size=None)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"max_size": 2}, "group_full"),
        ({"group_state": "ended"}, "group_ended"),
        ({"group_state": "rounding_off"}, "group_rounds_off"),
        ({"identity": "headcount"}, "group_keeps_no_names"),
        ({"members": ["noor"]}, "already_member"),
        ({"members": ["noor"], "max_size": 1}, "already_member"),
        ({"group_state": "ended", "max_size": 2}, "group_ended"),
    ],
)
def test_a_membership_that_cannot_begin_is_refused(changes: dict[str, object], code: str) -> None:
    with pytest.raises(Refusal, match=f"^{code}$"):
        join(**changes)


@given(
    state=st.sampled_from(GROUP_STATES),
    members=st.sets(st.sampled_from("abcdefgh")),
    max_size=st.none() | st.integers(1, 8),
    identity=st.sampled_from(["name", "call_name", "headcount"]),
)
def test_nobody_ever_joins_beyond_the_maximum_or_twice(
    state: str, members: set[str], max_size: int | None, identity: str
) -> None:
    try:
        check_may_join("a", group_state=state, members=members, max_size=max_size, identity=identity)
    except Refusal:
        return

    after = members | {"a"}
    assert len(after) == len(members) + 1
    assert max_size is None or len(after) <= max_size
    assert identity != "headcount"


def test_somebody_who_came_back_was_away_in_between_and_the_farewell_day_counts() -> None:
    stays = [Episode(date(2026, 1, 6), date(2026, 3, 3)), Episode(date(2026, 9, 1))]

    belongs = [
        is_member_on(stays, day)
        for day in (date(2026, 1, 5), date(2026, 3, 3), date(2026, 3, 4), date(2026, 9, 1))
    ]

    assert belongs == [False, True, False, True]


def test_leaving_is_always_fine_and_only_slips_are_refused() -> None:
    stay = Episode(date(2026, 9, 1))
    check_may_leave(stay, date(2026, 9, 1), "stopped")

    with pytest.raises(Refusal, match="not_a_member"):
        check_may_leave(None, date(2026, 9, 2), "stopped")
    with pytest.raises(Refusal, match="not_a_member"):
        check_may_leave(Episode(date(2026, 9, 1), date(2026, 9, 8)), date(2026, 9, 9), "stopped")
    with pytest.raises(Refusal, match="leaves_before_start"):
        check_may_leave(stay, date(2026, 8, 31), "stopped")
    with pytest.raises(Refusal, match="end_reason_unknown"):
        check_may_leave(stay, date(2026, 9, 2), "expelled")
