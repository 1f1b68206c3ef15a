"""How often somebody is sent a link to their own page."""

from __future__ import annotations

from datetime import timedelta

# Whoever asks for more has these already, and each of them still works.
MOST_LINKS = 3
WITHIN = timedelta(days=1)


def may_send(sent_lately: int) -> bool:
    """Tell whether one more may go to an address that got so many within `WITHIN`."""
    return sent_lately < MOST_LINKS
