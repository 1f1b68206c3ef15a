"""Calendar addresses: what is a valid secret, and how far back a calendar shows."""

from __future__ import annotations

import re
from datetime import date, timedelta

from shared.errors import Refusal

SHOWN_BACK = timedelta(weeks=4)  # our own default: long enough to look something up, too short to be a history
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")  # 32 bytes


def check_secret(secret: str) -> None:
    """Refuse a secret that is not of the form in which pages make one. Refused: calendar_secret_wrong."""
    if not _SECRET.fullmatch(secret):
        raise Refusal("calendar_secret_wrong")


def shown_from(today: date) -> date:
    """Return the first day that a calendar shows."""
    return today - SHOWN_BACK
