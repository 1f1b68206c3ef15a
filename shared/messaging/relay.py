"""The one relay of a service: tells that there is more, and hands events to the transport.

Without a broker the transport has nothing to carry: consumers read the log themselves, so it is enough to announce
that there is more. With one, what arrived is written down in a short transaction of its own when nothing more
waits, and once a second while there is always more; what was not written down yet is handed over again after a
fall, and counts once. While it waits for the broker nothing of the store is locked.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Protocol

from shared import log
from shared.messaging.adaptive_delay import AdaptiveDelay
from shared.messaging.outbox import Outbox, OutboxEntry
from shared.storage.lease import Lease

BATCH = 500
# So many full batches may be on their way while the next one is read: by measurement (bench relay).
AHEAD = 2
MARK_SECONDS = 1.0


class TransportDown(Exception):
    """The transport cannot take events now; what is unconfirmed is handed over again later."""


class Transport(Protocol):
    """What carries events to their consumers. It may lose them: the log does not."""

    def send(self, events: Sequence[OutboxEntry]) -> None:
        """Take these, in order, and do not wait. Raises TransportDown."""

    def settle(self) -> int:
        """Wait for the first that was sent and not settled; gives the number up to which it arrived.

        Raises TransportDown when that is not known: then nothing that was sent counts.
        """

    def stay_ready(self) -> None:
        """Nothing to carry now. Raises TransportDown."""

    def close(self) -> None:
        """Nothing more will come."""


class Relay:
    """Announces and hands over; fenced by the lease, whose holder is the only one."""

    def __init__(
        self, outbox: Outbox, lease: Lease, announce: Callable[[], None], transport: Transport | None = None
    ) -> None:
        self._outbox, self._lease, self._announce, self._transport = outbox, lease, announce, transport
        self._announced = (1, 0)  # the head of a log in which nothing was said yet
        # What arrived, and how much of that is written down; None until we know.
        self._sent: int | None = None
        self._marked: int | None = None
        self._mark_at = 0.0
        self._on_the_way: list[int] = []  # the last number of each batch that was sent and not settled
        self._delay = AdaptiveDelay()

    def step(self) -> bool:
        """Announce or hand over what is new; True when there was something.

        Raises LeaseLost, StoreUnavailable and TransportDown.
        """
        if not self._lease.hold():
            if self._on_the_way and self._transport is not None:
                self._transport.close()
            self._forget()
            return False
        count = self._announce_new() if self._transport is None else self._send_next_batch(self._transport)
        self._delay.wait_after(count)
        return count > 0

    def close(self) -> None:
        """Let the next one start at once."""
        if self._transport is not None:
            self._transport.close()
        self._lease.release()

    def _announce_new(self) -> int:
        """How many are new since it was told that there is more."""
        before, self._announced = self._announced, self._outbox.head()
        if self._announced == before:
            return 0
        self._announce()
        log.step("events_announced", seq=self._announced[1])
        return max(1, self._announced[1] - before[1])

    def _send_next_batch(self, transport: Transport) -> int:
        """How many arrived or are on their way: full batches are not waited for before the next one is sent."""
        before = self._known()
        after = [before, *self._on_the_way][-1]
        events = self._outbox.entries_after(after, BATCH)
        if events:
            before_these, self._on_the_way = self._on_the_way, []
            transport.send(events)
            self._on_the_way = [*before_these, events[-1].seq]
        elif not self._on_the_way:
            transport.stay_ready()
        self._settle(transport, AHEAD if len(events) == BATCH else 0)
        arrived = self._known()
        if not events or time.monotonic() >= self._mark_at:
            self._mark(arrived)
        return [arrived, *self._on_the_way][-1] - before

    def _known(self) -> int:
        if self._sent is None:
            self._sent = self._marked = self._outbox.sent()
        return self._sent

    def _settle(self, transport: Transport, left: int) -> None:
        """Wait until so many batches are on their way; what did not arrive goes again, with all behind it."""
        while len(self._on_the_way) > left:
            start, (last, *others) = self._known(), self._on_the_way
            self._forget()  # until we know: then from what is written down
            self._sent = max(start, transport.settle())
            log.step("events_sent", seq=self._sent)
            if self._sent == last:
                self._on_the_way = others
            else:
                for _ in others:
                    transport.settle()

    def _forget(self) -> None:
        self._sent, self._on_the_way = None, []

    def _mark(self, arrived: int) -> None:
        if arrived == self._marked:
            return
        with self._outbox.database.transaction(serialized=False):
            self._lease.check()
            self._outbox.mark_sent(arrived)
        self._marked, self._mark_at = arrived, time.monotonic() + MARK_SECONDS
        log.step("events_marked", seq=arrived)
