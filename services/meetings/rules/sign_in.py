"""How often a link to sign in is mailed, how long it works, and when a session is over."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

LINK_LIFETIME = timedelta(minutes=15)
FIRST_LINK_LIFETIME = timedelta(hours=24)
# A second press on the same button within this time is one use of the link, not two.
DOUBLE_CLICK = timedelta(minutes=1)
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
# Whoever is mailed no more has this many links, and each of them still works.
MOST_FOR_AN_ADDRESS = ((3, LINK_LIFETIME),)
# One stranger fills nobody's mailbox for a day.
MOST_FOR_AN_ADDRESS_FROM_A_NETWORK = ((5, _HOUR), (15, _DAY))
MOST_FROM_A_NETWORK = ((30, _HOUR),)  # an office shares one network
# Somebody's own device, on which they signed in before, is counted by itself.
MOST_FROM_A_DEVICE = ((5, _HOUR), (15, _DAY))
DEVICE_LIFETIME = timedelta(days=180)
MOST_IDLE = timedelta(hours=2)
LONGEST_SESSION = timedelta(hours=12)


def is_session_over(started_at: datetime, seen_at: datetime, now: datetime) -> bool:
    """Return whether a session was idle for two hours, or began twelve hours ago."""
    return now - seen_at > MOST_IDLE or now - started_at > LONGEST_SESSION


def hash_secret(secret: str) -> str:
    """Return the hash of a secret that was made here; it is random and long, so a plain hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()
