"""No place is promised twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.rules.placements import (
    PlacementState,
    check_may_place,
    check_place_free,
    may_become,
    places_left,
)
from shared.errors import Refusal

IDS = st.sets(st.sampled_from([f"p{number}" for number in range(12)]))


def place(**changes: object) -> None:
    usual = {
        "group_state": "running",
        "identity": "call_name",
        "max_size": 3,
        "member_ids": {"sam"},
        "open_placement_ids": {"vos"},
        "offered": (),
    }
    check_may_place("noor", **{**usual, **changes})  # type: ignore[arg-type]


def test_places_taken_and_places_offered_both_count() -> None:
    assert places_left(8, {"sam", "vos"}, {"kim"}, {"noor"}) == 4


def test_somebody_who_became_a_member_before_the_event_arrived_takes_one_place() -> None:
    assert places_left(8, {"sam", "kim"}, {"kim"}, {"kim"}) == 6


def test_a_group_without_a_maximum_has_no_number_of_places() -> None:
    assert places_left(None, {"sam"}, (), ()) is None
    check_place_free(None)


def test_the_last_place_is_free_and_after_it_there_is_none() -> None:
    check_place_free(1)

    with pytest.raises(Refusal, match="no_place_free"):
        check_place_free(0)


def test_the_last_place_can_be_given_once() -> None:
    place()

    with pytest.raises(Refusal, match="no_place_free"):
        place(open_placement_ids={"vos", "kim"})


def test_a_place_offered_to_somebody_is_theirs_to_take_and_nobody_elses() -> None:
    place(offered={"noor"})

    with pytest.raises(Refusal, match="no_place_free"):
        place(offered={"kim"})


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"group_state": "ended"}, "group_not_joinable"),
        ({"group_state": "rounding_off"}, "group_not_joinable"),
        ({"identity": "headcount"}, "group_needs_no_placement"),
        ({"member_ids": {"noor"}}, "already_placed"),
        ({"open_placement_ids": {"noor"}}, "already_placed"),
    ],
)
def test_a_placement_that_would_come_back_is_refused(changes: dict[str, object], code: str) -> None:
    with pytest.raises(Refusal, match=f"^{code}$"):
        place(**changes)


def test_a_placement_never_goes_back() -> None:
    steps = {(old, new) for old in PlacementState for new in PlacementState if may_become(old, new)}

    assert steps == {("placed", "confirmed"), ("placed", "returned"), ("placed", "ended"), ("confirmed", "ended")}


@given(max_size=st.none() | st.integers(1, 12), members=IDS, placed=IDS, offered=IDS)
def test_places_are_never_negative_and_a_placement_takes_exactly_one(
    max_size: int | None, members: set[str], placed: set[str], offered: set[str]
) -> None:
    before = places_left(max_size, members, placed, offered)
    assert before is None or 0 <= before <= (max_size or 0)

    try:
        check_may_place(
            "new",
            group_state="running",
            identity="call_name",
            max_size=max_size,
            member_ids=members,
            open_placement_ids=placed,
            offered=offered,
        )
    except Refusal:
        assert before == 0
    else:
        after = places_left(max_size, members, placed | {"new"}, offered)
        assert after == (None if before is None else before - 1)
