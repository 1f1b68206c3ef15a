"""How often somebody is sent a link to their own page, and may be asked for one from one network."""

from __future__ import annotations

from datetime import timedelta

# Whoever asks for more has these already, and each of them still works.
MOST_LINKS = 3
WITHIN = timedelta(days=1)
MOST_FROM_A_NETWORK = ((20, timedelta(hours=1)), (60, WITHIN))  # many people may live behind one network


def may_send(sent_lately: int) -> bool:
    """Tell whether one more may go to an address that got so many within `WITHIN`."""
    return sent_lately < MOST_LINKS
