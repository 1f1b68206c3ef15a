"""How long events are kept, in the outbox of their publisher and the inboxes of their consumers.

A fact counts for ninety days by the machine's clock, which is in its id. After that it is deleted from the log,
and a consumer no longer handles one that it comes across, so that its inbox row may go too. States are guarded
by their version, and the newest of each subject is kept for ever.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from shared import clock
from shared.ids import first_id
from shared.messaging.envelope import Event
from shared.messaging.inbox import Inbox
from shared.messaging.outbox import Outbox

KEPT = timedelta(days=90)
# Clocks of two machines differ a little: inbox rows are kept for somewhat longer than their facts can count.
MARGIN = timedelta(days=1)
EVERY = timedelta(days=1)
AT_ONCE = 500


def oldest_id() -> str:
    """Return the id below which facts do not count any more."""
    return first_id(clock.wall() - KEPT)


def is_past(event: Event, oldest: str) -> bool:
    """Whether this is a fact with an id below `oldest`."""
    return event.id < oldest and event.version is None


class Pruner:
    """Deletes what is past its time, once a day, a part in each step so that nobody waits long behind it."""

    def __init__(self, outbox: Outbox, inbox: Inbox) -> None:
        self._outbox, self._inbox = outbox, inbox
        self._done_at: datetime | None = None
        self._after: str | None = ""

    def step(self) -> bool:
        """Delete a part; False when today's is done."""
        now = clock.wall()
        if self._done_at is not None and now - self._done_at < EVERY:
            return False
        if self._after is not None:
            self._after = self._outbox.prune(self._after, first_id(now - KEPT), AT_ONCE)
            return True
        if self._inbox.prune(first_id(now - KEPT - MARGIN), now - KEPT, AT_ONCE):
            return True
        self._done_at, self._after = now, ""
        return False
