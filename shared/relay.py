"""The one relay of a service: gives letters their gap-free number and hands them to the courier.

Without a broker the courier has nothing to carry: listeners read the log themselves, so it is enough to announce
that there is more. With one, two short transactions number and mark; between them nothing of the store is locked,
however slow the broker is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from shared import log
from shared.lease import Lease
from shared.outbox import Numbered, Outbox

BATCH = 500


class CourierDown(Exception):
    """The courier cannot take letters now; what is unconfirmed is handed over again later."""


class Courier(Protocol):
    """What carries letters to their listeners. It may lose them: the log does not."""

    def send(self, letters: Sequence[Numbered], epoch: int) -> int:
        """Take these, in order; gives the number up to which they arrived. CourierDown when that is not known."""

    def stay_ready(self) -> None:
        """Nothing to carry now. Raises CourierDown."""

    def close(self) -> None:
        """Nothing more will come."""


class Relay:
    """Numbers, announces and hands over; fenced by the lease, whose holder is the only one."""

    def __init__(
        self, outbox: Outbox, lease: Lease, announce: Callable[[], None], courier: Courier | None = None
    ) -> None:
        self._outbox, self._lease, self._announce, self._courier = outbox, lease, announce, courier
        self._sent: int | None = None

    def step(self) -> bool:
        """Number what waits and hand it over; True when there was something.

        Raises LeaseLost, StoreUnavailable and CourierDown; what was numbered stays so.
        """
        if not self._lease.hold():
            self._sent = None
            return False
        count = self._number() if self._outbox.has_unnumbered() else 0
        return (self._courier is not None and self._hand_over(self._courier)) or count > 0

    def close(self) -> None:
        """Let the next one start at once."""
        if self._courier is not None:
            self._courier.close()
        self._lease.release()

    def _number(self) -> int:
        with self._outbox.database.transaction(in_turn=False):
            self._lease.check()
            count = self._outbox.number(BATCH)
            log.step("letters_numbering", count=count)
        log.step("letters_numbered", count=count)
        self._announce()
        return count

    def _hand_over(self, courier: Courier) -> bool:
        epoch, head = self._outbox.head()
        start = self._outbox.sent() if self._sent is None else self._sent
        if start >= head:
            courier.stay_ready()
            return False
        letters = self._outbox.numbered(start, BATCH)
        self._sent = None  # until we know: then from what is written down
        arrived = courier.send(letters, epoch)
        log.step("letters_sent", seq=arrived)
        if arrived <= start:
            return False
        with self._outbox.database.transaction(in_turn=False):
            self._lease.check()
            self._outbox.mark_sent(arrived)
        self._sent = arrived
        log.step("letters_marked", seq=arrived)
        return True
