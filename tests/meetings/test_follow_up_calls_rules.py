"""What may follow an absence: by the rule of the group, by a yes of the person, and not for ever."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.meetings.rules import follow_up_calls as rules
from services.meetings.rules.attendance import Attendance
from services.meetings.rules.follow_up_calls import Missed
from shared.errors import Refusal

TUESDAY = date(2026, 11, 24)
BOTH = ("message", "call")
ABSENT = Missed("absent", called_off=False, has_left=False)


def test_the_group_says_what_may_follow() -> None:
    assert rules.by_rule(ABSENT, BOTH, TUESDAY, TUESDAY) == {"message", "call"}
    assert rules.by_rule(ABSENT, ("call",), TUESDAY, TUESDAY) == {"call"}
    assert rules.by_rule(ABSENT, (), TUESDAY, TUESDAY) == frozenset()
    assert rules.by_rule(ABSENT, None, TUESDAY, TUESDAY) == frozenset()


@pytest.mark.parametrize(
    "missed",
    [
        Missed("present", False, False),
        Missed("excused", False, False),
        Missed("not_recorded", False, False),
        Missed("absent", True, False),
        Missed("absent", False, True),
    ],
)
def test_nobody_is_asked_who_was_there_or_called_off_or_left_or_was_not_marked(missed: Missed) -> None:
    assert rules.by_rule(missed, BOTH, TUESDAY, TUESDAY) == frozenset()


def test_about_a_meeting_of_longer_than_a_week_ago_nothing_follows() -> None:
    assert rules.by_rule(ABSENT, BOTH, TUESDAY, TUESDAY + timedelta(days=7))
    assert not rules.by_rule(ABSENT, BOTH, TUESDAY, TUESDAY + timedelta(days=8))


def test_the_person_says_what_is_welcome() -> None:
    assert rules.with_consent(BOTH, ()) == frozenset()
    assert rules.with_consent(BOTH, ("missed_you", "reminders")) == {"message"}
    assert rules.with_consent(BOTH, ("missed_you_call",)) == {"call"}
    assert rules.with_consent((), ("missed_you", "missed_you_call")) == frozenset()


@given(
    mark=st.sampled_from([*Attendance]),
    called_off=st.booleans(),
    has_left=st.booleans(),
    rule=st.lists(st.sampled_from(BOTH)),
    purposes=st.lists(st.sampled_from(["missed_you", "missed_you_call"])),
    days=st.integers(0, 400),
)
def test_nothing_ever_follows_that_the_group_or_the_person_did_not_choose(
    mark: str, called_off: bool, has_left: bool, rule: list[str], purposes: list[str], days: int
) -> None:
    steps = rules.by_rule(Missed(mark, called_off, has_left), rule, TUESDAY, TUESDAY + timedelta(days=days))
    agreed = rules.with_consent(steps, purposes)

    assert agreed <= steps <= set(rule)
    assert {rules.CONSENT_FOR[step] for step in agreed} <= set(purposes)
    assert not steps or mark == "absent"


@pytest.mark.parametrize("state", ["open", "lapsed"])
@pytest.mark.parametrize("reason", rules.CALL_REASONS)
def test_a_call_that_was_made_may_be_written_down_also_when_it_had_lapsed(state: str, reason: str) -> None:
    rules.check_may_close_call(state, reason)


@pytest.mark.parametrize(
    ("state", "reason", "code"),
    [
        ("closed", "travel", "call_already_done"),
        ("withdrawn", "travel", "call_not_needed"),
        ("open", "geen zin", "call_reason_unknown"),
    ],
)
def test_a_call_that_cannot_be_closed_says_why(state: str, reason: str, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        rules.check_may_close_call(state, reason)


def test_a_call_may_wait_for_a_later_day_as_long_as_it_lasts() -> None:
    last = TUESDAY + timedelta(days=7)
    rules.check_may_postpone("open", TUESDAY + timedelta(days=1), TUESDAY, last)
    rules.check_may_postpone("open", last, TUESDAY, last)

    for until, code in (
        (TUESDAY, "call_later_not_ahead"),
        (TUESDAY - timedelta(days=1), "call_later_not_ahead"),
        (last + timedelta(days=1), "call_later_too_far"),
    ):
        with pytest.raises(Refusal, match=code):
            rules.check_may_postpone("open", until, TUESDAY, last)
    with pytest.raises(Refusal, match="call_not_needed"):
        rules.check_may_postpone("lapsed", last, TUESDAY, last)


def test_a_call_lapses_after_a_week() -> None:
    assert rules.lapses_at(datetime(2026, 11, 24, 20, tzinfo=UTC)) == datetime(2026, 12, 1, 20, tzinfo=UTC)
