"""How often a link to sign in is mailed, how long it works, and when a session is over."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

LINK_LIFETIME = timedelta(minutes=15)
FIRST_LINK_LIFETIME = timedelta(hours=24)
# A second press on the same button within this time is one use of the link, not two.
DOUBLE_CLICK = timedelta(minutes=1)
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
# For an address only links that were mailed count, so that somebody else's asking cannot keep a person out: each
# of those links arrives with that person and works.
MOST_FOR_AN_ADDRESS = ((5, _HOUR), (15, _DAY))
MOST_FROM_A_NETWORK = ((30, _HOUR),)  # an office shares one network
MOST_IDLE = timedelta(hours=2)
LONGEST_SESSION = timedelta(hours=12)


def is_session_over(started_at: datetime, seen_at: datetime, now: datetime) -> bool:
    """Return whether a session was idle for two hours, or began twelve hours ago."""
    return now - seen_at > MOST_IDLE or now - started_at > LONGEST_SESSION


def hash_secret(secret: str) -> str:
    """Return the hash of a secret that was made here; it is random and long, so a plain hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()
