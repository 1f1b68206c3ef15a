"""What a failed try means, and when the next one may be."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from services.notifications.rules.lifecycle import State
from services.notifications.rules.message_spec import Promise, may_try_again_after_doubt


class Failure(StrEnum):
    """The classes of failure; only the class decides what follows."""

    NOT_CONNECTED = "not_connected"  # no connection: refused, name not found, TLS, closed before the message
    NOT_NOW = "not_now"  # the other side said "later": SMTP 4xx, HTTP 429 and 503
    TIMED_OUT_BEFORE = "timed_out_before"  # no answer, and the message was not handed over yet
    IN_DOUBT = "in_doubt"  # the process died, or no answer, after the message was handed over
    REFUSED = "refused"  # the other side said "never": SMTP 5xx, HTTP 4xx


# Seconds within which the first, second, ... further try falls; the last one repeats.
LADDER_SECONDS = (5, 20, 60, 180, 600, 1800, 3600)
# How often a sender may die with a message before the message itself is looked at askance.
DEATHS_FORGIVEN = 10
# With less than this left a further try cannot finish in time.
LEAST_LEFT = timedelta(seconds=LADDER_SECONDS[0])


def failure_of_smtp_reply(code: int) -> Failure:
    """The class of an SMTP reply that is not a success (RFC 5321, 4.2.1: 4yz transient, 5yz permanent).

    Any other number means that we did not understand the answer: then nothing is known.
    """
    if 400 <= code <= 499:
        return Failure.NOT_NOW
    if 500 <= code <= 599:
        return Failure.REFUSED
    return Failure.IN_DOUBT


def failure_of_http_status(status: int) -> Failure:
    """The class of an HTTP answer that is not a success, to a message that was handed over whole.

    408, 425 and 429 say that it was not looked at. 500, 502 and 504 come from somewhere between us and whoever
    may have taken it; only 501 and 503 say that it was not.
    """
    if status in (408, 425, 429, 501, 503):
        return Failure.NOT_NOW
    if 400 <= status <= 499:
        return Failure.REFUSED
    return Failure.IN_DOUBT


def steps_after(failure: Failure, promise: Promise, *, channel_drops_doubles: bool) -> tuple[State, ...]:
    """The states that a claimed message goes through after a failed try, in order; every one is a row.

    Ends in `due` (try again, at `next_try_at`), `rejected`, or `unknown` (stay there until a receipt, the
    provider or a person settles it). Doubt is always written down, also when the promise lets us try again.
    """
    if failure == Failure.REFUSED:
        return (State.REJECTED,)
    if failure != Failure.IN_DOUBT:
        return (State.DUE,)
    if may_try_again_after_doubt(promise, channel_drops_doubles=channel_drops_doubles):
        return (State.UNKNOWN, State.DUE)
    return (State.UNKNOWN,)


def next_try_at(attempt: int, now: datetime, random_value: float, expires_at: datetime) -> datetime | None:
    """When to try again after this many tries (1 after the first); None when too little time is left.

    Exponential with full jitter: a random part of 5, 20, 60, 180, 600, 1800, 3600, 3600 ... seconds, so that
    everything that failed together does not return together. Never past expiry.

    random_value  from 0 up to but not including 1, drawn by the caller
    """
    assert attempt >= 1, "a first try is not a retry"
    assert 0 <= random_value < 1, "the random value lies in [0, 1)"
    left = expires_at - now
    if left < LEAST_LEFT:
        return None
    ceiling = timedelta(seconds=LADDER_SECONDS[min(attempt, len(LADDER_SECONDS)) - 1])
    return now + random_value * min(ceiling, left)


def next_try_after_death(
    attempt: int, now: datetime, random_value: float, expires_at: datetime
) -> datetime | None:
    """When to try again what was certainly not sent because its sender died: at once.

    That says nothing about the message or the other side. Only where senders keep dying with it, it waits as
    after any other failure. Arguments and answer as for `next_try_at`.
    """
    if attempt <= DEATHS_FORGIVEN:
        return now
    return next_try_at(attempt - DEATHS_FORGIVEN, now, random_value, expires_at)
