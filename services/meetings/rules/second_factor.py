"""The second factor: which codes of an app count, how often one may be tried, and who may reset it."""

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
    """Return the six digits that were typed, without spaces; empty when it is no code."""
    tidy = "".join(sign for sign in typed if not sign.isspace() and sign != "-")
    return tidy if len(tidy) == DIGITS and tidy.isascii() and tidy.isdigit() else ""


def steps_that_count(now: datetime, last_step: int) -> tuple[int, ...]:
    """Return the time steps whose code may be used now; a used code never works again."""
    step = int(now.timestamp()) // STEP_SECONDS
    return tuple(candidate for candidate in range(step - STEPS_OFF, step + STEPS_OFF + 1) if candidate > last_step)


def is_too_late(started_at: datetime, now: datetime) -> bool:
    """Return whether a session without a second factor has expired."""
    return now - started_at > TIME_TO_PROVE


def check_may_reset(*, asked_by: str, staff_id: str, has_app: bool) -> None:
    """Refuse (Forbidden) to reset one's own app. Refused: authenticator_missing."""
    if asked_by == staff_id:
        raise Forbidden()
    if not has_app:
        raise Refusal("authenticator_missing")


def is_second_voice(*, asked_by: str, first_by: str, first_at: datetime, now: datetime) -> bool:
    """Return whether this report confirms that of another manager, of less than a day ago."""
    return asked_by != first_by and now - first_at <= RESET_WAITS
