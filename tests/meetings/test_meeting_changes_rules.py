"""What may still be changed of one meeting, where it is, and what is a secret."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from services.meetings.rules import calendars
from services.meetings.rules import meeting_changes as rules
from services.meetings.rules.call_offs import check_may_call_off
from services.meetings.rules.meeting_changes import Place
from services.meetings.rules.meetings import check_free
from services.meetings.rules.substitutes import check_may_substitute
from shared.errors import Refusal

START = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)
BEFORE, AFTER = START - timedelta(minutes=1), START
BRIDGE, LIBRARY = Place("De Brug", "Brugstraat 1"), Place("Bibliotheek", "Markt 2")


def code_of(asked: object, *args: object) -> str | None:
    try:
        asked(*args)  # type: ignore[operator]
    except Refusal as refusal:
        return refusal.code
    return None


@pytest.mark.parametrize("check", [rules.check_may_move, rules.check_may_cancel, rules.check_may_reopen])
@pytest.mark.parametrize(
    ("state", "now"),
    [("planned", AFTER), ("cancelled", AFTER), ("took_place", BEFORE), ("did_not_take_place", BEFORE)],
)
def test_what_has_begun_or_was_written_down_is_not_changed(check: object, state: str, now: datetime) -> None:
    assert code_of(check, state, START, now) == "change_too_late"


def test_until_the_last_minute_it_may_be_moved_or_off_and_what_is_off_may_go_on() -> None:
    assert code_of(rules.check_may_move, "planned", START, BEFORE) is None
    assert code_of(rules.check_may_cancel, "planned", START, BEFORE) is None
    assert code_of(rules.check_may_reopen, "cancelled", START, BEFORE) is None


def test_what_is_off_is_not_moved() -> None:
    assert code_of(rules.check_may_move, "cancelled", START, BEFORE) == "move_cancelled"


@pytest.mark.parametrize(
    ("state", "now", "is_member", "why"),
    [
        ("planned", BEFORE, True, None),
        ("planned", AFTER, True, "call_off_too_late"),
        ("cancelled", BEFORE, True, "call_off_cancelled"),
        ("cancelled", AFTER, True, "call_off_too_late"),
        ("took_place", BEFORE, True, "call_off_too_late"),
        ("planned", BEFORE, False, "call_off_not_needed"),
        ("planned", AFTER, False, "call_off_not_needed"),
    ],
)
def test_somebody_can_call_off_until_it_begins(
    state: str, now: datetime, is_member: bool, why: str | None
) -> None:
    assert code_of(lambda: check_may_call_off(state, START, now, is_member=is_member)) == why


def test_a_group_meets_once_at_a_moment_also_when_that_one_is_off() -> None:
    assert code_of(check_free, None, "dinsdag") is None
    assert code_of(check_free, "planned", "dinsdag") == "meeting_at_this_moment"
    assert code_of(check_free, "cancelled", "dinsdag") == "cancelled_at_this_moment"


@pytest.mark.parametrize("state", ["cancelled", "took_place", "did_not_take_place"])
def test_nobody_stands_in_at_what_is_over_or_off(state: str) -> None:
    assert code_of(check_may_substitute, state) == "substitute_too_late"
    assert code_of(check_may_substitute, "planned") is None


def test_another_place_is_kept_tidy_and_the_usual_one_is_no_other_place() -> None:
    assert rules.tidy_place(Place("  De   Brug ", "Brugstraat  1"), LIBRARY) == BRIDGE
    assert rules.tidy_place(BRIDGE, BRIDGE) is None
    assert rules.tidy_place(None, BRIDGE) is None


@pytest.mark.parametrize(
    ("place", "field"),
    [
        (Place("", ""), "place_name"),
        (Place("De Brug", "  "), "place_address"),
        (Place("", "Markt 2"), "place_name"),
        (Place("x" * 121, "Markt 2"), "place_name"),
        (Place("De Brug", "x" * 201), "place_address"),
    ],
)
def test_half_a_place_or_a_long_one_is_refused_with_the_field_to_mend(place: Place, field: str) -> None:
    with pytest.raises(Refusal) as refusal:
        rules.tidy_place(place, None)
    assert refusal.value.facts["field"] == field


@pytest.mark.parametrize("secret", ["", "geheim", "a" * 42, "a" * 44, "é" * 43, "a" * 42 + "/"])
def test_a_secret_is_not_thought_up(secret: str) -> None:
    assert code_of(calendars.check_secret, secret) == "calendar_secret_wrong"
    assert code_of(calendars.check_secret, "aB-_" * 10 + "abc") is None


def test_a_calendar_shows_four_weeks_back() -> None:
    assert calendars.shown_from(date(2026, 11, 24)) == date(2026, 10, 27)
