"""What a failed try means, and when the next one may be."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notifications.rules.message_spec import Promise
from services.notifications.rules.sending import Failure, failure_of_smtp_reply, next_try_at, steps_after

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
FAR = NOW + timedelta(days=7)
ALMOST_ONE = 1 - 2**-53


@pytest.mark.parametrize(
    ("code", "failure"),
    [
        (421, Failure.NOT_NOW),
        (450, Failure.NOT_NOW),
        (499, Failure.NOT_NOW),
        (500, Failure.REFUSED),
        (550, Failure.REFUSED),
        (599, Failure.REFUSED),
        (-1, Failure.IN_DOUBT),
        (354, Failure.IN_DOUBT),
        (600, Failure.IN_DOUBT),
    ],
)
def test_an_smtp_reply_says_later_or_never_and_what_we_do_not_understand_is_doubt(code, failure):
    assert failure_of_smtp_reply(code) == failure


@pytest.mark.parametrize("promise", list(Promise))
@pytest.mark.parametrize("failure", [Failure.NOT_CONNECTED, Failure.NOT_NOW, Failure.TIMED_OUT_BEFORE])
def test_what_was_never_handed_over_is_tried_again_whatever_the_promise(failure, promise):
    assert steps_after(failure, promise, channel_drops_doubles=False) == ("due",)


@pytest.mark.parametrize("promise", list(Promise))
def test_a_refusal_is_final_whatever_the_promise(promise):
    assert steps_after(Failure.REFUSED, promise, channel_drops_doubles=True) == ("rejected",)


def test_doubt_is_written_down_and_only_tried_again_where_a_double_does_no_harm():
    def after(promise, drops):
        return steps_after(Failure.IN_DOUBT, promise, channel_drops_doubles=drops)

    assert after(Promise.AT_LEAST_ONCE, False) == ("unknown", "due")
    assert after(Promise.ONCE, True) == ("unknown", "due")
    assert after(Promise.ONCE, False) == ("unknown",)
    assert after(Promise.AT_MOST_ONCE, True) == ("unknown",)


def test_the_attempts_lie_within_ever_wider_stretches():
    widest = [next_try_at(attempt, NOW, ALMOST_ONE, FAR) - NOW for attempt in range(1, 10)]

    assert [round(wait.total_seconds()) for wait in widest] == [5, 20, 60, 180, 600, 1800, 3600, 3600, 3600]


@pytest.mark.parametrize(("chance", "seconds"), [(0.0, 0), (0.25, 15), (0.5, 30)])
def test_the_wait_is_the_random_part_of_the_stretch(chance, seconds):
    assert next_try_at(3, NOW, chance, FAR) == NOW + timedelta(seconds=seconds)


def test_with_too_little_time_left_there_is_no_next_attempt():
    assert next_try_at(1, NOW, 0.5, NOW + timedelta(seconds=4)) is None
    assert next_try_at(1, NOW, 0.5, NOW) is None
    assert next_try_at(1, NOW, 0.5, NOW - timedelta(hours=1)) is None


@settings(deadline=None, database=None)
@given(st.integers(1, 200), st.floats(0, ALMOST_ONE), st.timedeltas(timedelta(seconds=5), timedelta(days=30)))
def test_a_next_attempt_is_never_past_expiry_and_never_in_the_past(attempt, chance, left):
    at = next_try_at(attempt, NOW, chance, NOW + left)

    assert NOW <= at <= NOW + left
    assert at - NOW <= timedelta(hours=1)


@pytest.mark.parametrize(("attempt", "chance"), [(0, 0.5), (1, 1.0), (1, -0.1)])
def test_a_wrong_number_of_attempts_or_a_wrong_chance_is_a_mistake_of_the_caller(attempt, chance):
    with pytest.raises(AssertionError):
        next_try_at(attempt, NOW, chance, FAR)
