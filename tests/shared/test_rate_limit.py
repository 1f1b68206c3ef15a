"""What could be guessed is counted: by whom or from where it came is kept nowhere, and two at once are two."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from shared import clock
from shared.security.rate_limit import KeyLimiter, RateLimiter, TooManyRequests, network_of
from tests.shared.conftest import ON_FILES, ServicePair

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LIMITS = ((3, HOUR), (5, DAY))


@pytest.fixture
def rate_limiter(harness: ServicePair) -> RateLimiter:
    made = RateLimiter(harness.subscriber.database, harness.subscriber.encryption)
    with harness.subscriber.transaction():
        harness.subscriber.database.proxy.obj.create_tables([made.Attempt])
    return made


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    """Let the time of the machine go on."""
    ahead, real = [timedelta()], clock.wall
    monkeypatch.setattr(clock, "wall", lambda: real() + ahead[0])

    def waiting(more: timedelta) -> None:
        ahead[0] += more

    return waiting


def note(rate_limiter: RateLimiter, times: int, value: str = "noor@example.org") -> None:
    for _ in range(times):
        rate_limiter.record("address", value)


def test_so_often_is_fine_and_once_more_is_not(rate_limiter: RateLimiter) -> None:
    note(rate_limiter, 2)
    assert rate_limiter.allows("address", "noor@example.org", LIMITS)

    note(rate_limiter, 1)
    assert not rate_limiter.allows("address", "noor@example.org", LIMITS)


def test_another_value_and_another_sort_are_counted_apart(rate_limiter: RateLimiter) -> None:
    note(rate_limiter, 3)

    assert rate_limiter.allows("address", "robin@example.org", LIMITS)
    assert rate_limiter.allows("network", "noor@example.org", LIMITS)


def test_after_the_hour_it_may_be_tried_again_and_the_day_still_counts(
    rate_limiter: RateLimiter, wait: Callable[[timedelta], None]
) -> None:
    note(rate_limiter, 3)
    wait(HOUR)
    assert rate_limiter.allows("address", "noor@example.org", LIMITS)

    note(rate_limiter, 2)
    wait(HOUR)
    assert not rate_limiter.allows("address", "noor@example.org", LIMITS)
    wait(DAY)
    assert rate_limiter.allows("address", "noor@example.org", LIMITS)


def test_what_is_older_than_a_day_is_wiped(rate_limiter: RateLimiter, wait: Callable[[timedelta], None]) -> None:
    note(rate_limiter, 3)
    wait(DAY)
    wait(timedelta(seconds=1))

    note(rate_limiter, 1, "robin@example.org")

    assert rate_limiter.Attempt.select().count() == 1


def test_what_succeeded_wipes_what_went_before(rate_limiter: RateLimiter) -> None:
    note(rate_limiter, 3)
    note(rate_limiter, 1, "robin@example.org")

    rate_limiter.reset("address", "noor@example.org")

    assert rate_limiter.allows("address", "noor@example.org", LIMITS)
    assert rate_limiter.Attempt.select().count() == 1


def test_of_what_is_not_known_nothing_is_counted(rate_limiter: RateLimiter) -> None:
    for _ in range(9):
        rate_limiter.record("network", None)

    assert rate_limiter.allows("network", None, LIMITS)
    assert rate_limiter.Attempt.select().count() == 0


def test_the_value_itself_is_not_kept(rate_limiter: RateLimiter) -> None:
    note(rate_limiter, 1)

    (row,) = rate_limiter.Attempt.select()
    assert "noor" not in row.value_index
    assert len(row.value_index) == 64


@ON_FILES
def test_of_many_at_once_no_more_get_through_than_may(harness: Any, rate_limiter: RateLimiter) -> None:
    through: list[int] = []

    def try_it(number: int) -> None:
        with harness.subscriber.transaction():
            if rate_limiter.allows("address", "noor@example.org", LIMITS):
                rate_limiter.record("address", "noor@example.org")
                through.append(number)
        harness.subscriber.database.release()

    threads = [threading.Thread(target=try_it, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(through) == 3


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:0:1::7", "2001:db8:0:1::/64"),
        ("2001:db8:0:1:ffff::1", "2001:db8:0:1::/64"),
        ("2001:db8:0:2::7", "2001:db8:0:2::/64"),
        ("127.0.0.1", None),
        ("::1", None),
        ("::ffff:127.0.0.1", None),
        (None, None),
        ("", None),
        ("x", None),
    ],
)
def test_a_network_is_what_somebody_cannot_choose_freely_within(address: str | None, network: str | None) -> None:
    assert network_of(address) == network


def test_a_key_asks_so_often_in_a_minute_is_told_when_it_may_again_and_holds_up_no_other_key() -> None:
    now = [0.0]
    limiter = KeyLimiter(2, now=lambda: now[0])
    limiter.count("key:1")
    now[0] = 12.5
    limiter.count("key:1")

    with pytest.raises(TooManyRequests) as refused:
        limiter.count("key:1")
    limiter.count("key:2")

    assert refused.value.retry_after_seconds == 48
    now[0] = 60.0
    limiter.count("key:1")
    with pytest.raises(TooManyRequests):
        limiter.count("key:1")


def test_what_was_refused_to_a_key_does_not_put_off_when_it_may_ask_again() -> None:
    now = [0.0]
    limiter = KeyLimiter(1, now=lambda: now[0])
    limiter.count("key:1")

    for now[0] in (20.0, 40.0, 59.0):
        with pytest.raises(TooManyRequests):
            limiter.count("key:1")

    now[0] = 60.0
    limiter.count("key:1")
