"""The one relay of a service: gives letters their gap-free number and hands them to the courier.

The local courier has nothing to carry: listeners read the log themselves, so handing over is ringing their bells.
"""

from __future__ import annotations

from collections.abc import Callable

from shared import log
from shared.lease import Lease
from shared.outbox import Outbox

BATCH = 500


class Relay:
    """Numbers in short transactions of its own, fenced by the lease; `hand_over` follows each commit."""

    def __init__(self, outbox: Outbox, lease: Lease, hand_over: Callable[[], None]) -> None:
        self._outbox, self._lease, self._hand_over = outbox, lease, hand_over

    def step(self) -> bool:
        """Number what waits; True when there was something. Raises LeaseLost, StoreUnavailable."""
        if not self._lease.hold() or not self._outbox.has_unnumbered():
            return False
        with self._outbox.database.transaction():
            self._lease.check()
            count = self._outbox.number(BATCH)
            log.step("letters_numbering", count=count)
        log.step("letters_numbered", count=count)
        self._hand_over()
        return count > 0

    def close(self) -> None:
        """Let the next one start at once."""
        self._lease.release()
