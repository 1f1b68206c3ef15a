"""The second proof at signing in: which codes of an app count, how often one may be tried, and who may undo it."""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.errors import Forbidden, Refusal

STEP_SECONDS = 30
DIGITS = 6
# A phone whose clock is half a minute off is still somebody's own.
STEPS_OFF = 1
# From the link to the code; longer means that whoever pressed the link went away.
TIME_TO_PROVE = timedelta(minutes=15)
MOST_CODES = ((5, timedelta(minutes=15)), (20, timedelta(days=1)))
# A colleague who says that somebody lost their app, and the one who says so too, know of the same loss.
RESET_WAITS = timedelta(days=1)


def digits_of(typed: str) -> str:
    """Return what was typed as six digits, however they were spaced; empty when it is no code."""
    tidy = "".join(sign for sign in typed if not sign.isspace() and sign != "-")
    return tidy if len(tidy) == DIGITS and tidy.isascii() and tidy.isdigit() else ""


def steps_that_count(now: datetime, last_step: int) -> tuple[int, ...]:
    """Return the steps of the clock whose code may be used now; a code that was used is never good again."""
    step = int(now.timestamp()) // STEP_SECONDS
    return tuple(candidate for candidate in range(step - STEPS_OFF, step + STEPS_OFF + 1) if candidate > last_step)


def is_too_late(started_at: datetime, now: datetime) -> bool:
    """Return whether a session that was never proved is over."""
    return now - started_at > TIME_TO_PROVE


def check_may_reset(*, asked_by: str, staff_id: str, has_app: bool) -> None:
    """Refuse undoing one's own app: who has it needs no help, and who has it not is not signed in.

    Refused: authenticator_missing.
    """
    if asked_by == staff_id:
        raise Forbidden()
    if not has_app:
        raise Refusal("authenticator_missing")


def is_second_voice(*, asked_by: str, first_by: str, first_at: datetime, now: datetime) -> bool:
    """Return whether this request completes that of another manager, of less than a day ago."""
    return asked_by != first_by and now - first_at <= RESET_WAITS
