"""The one relay of a service: announces that there is more, and hands events to the transport.

Without a broker the transport has nothing to carry: consumers read the log themselves, so announcing is enough.
With one, what was confirmed is stored in a short transaction of its own when nothing more waits, and once a
second while there is always more; what was not stored yet is handed over again after a crash, and counts once.
While it waits for the broker nothing of the store is locked.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from shared import log
from shared.messaging.adaptive_delay import AdaptiveDelay
from shared.messaging.outbox import Outbox
from shared.messaging.transport import OutgoingTransport
from shared.storage.lease import Lease

BATCH = 500
# So many full batches may be in flight while the next one is read: by measurement (bench relay).
MAX_IN_FLIGHT = 2
MARK_SECONDS = 1.0


class Relay:
    """Announces and hands over; fenced by the lease, whose holder is the only one."""

    def __init__(
        self,
        outbox: Outbox,
        lease: Lease,
        announce: Callable[[], None],
        transport: OutgoingTransport | None = None,
    ) -> None:
        self._outbox, self._lease, self._announce, self._transport = outbox, lease, announce, transport
        self._announced = (1, 0)  # the head of an empty log
        # What arrived, and how much of that is stored; None until we know.
        self._sent: int | None = None
        self._marked: int | None = None
        self._mark_at = 0.0
        self._in_flight: list[int] = []  # the last number of each batch that was sent and not confirmed
        self._delay = AdaptiveDelay()

    def step(self) -> bool:
        """Announce or hand over what is new, and tell whether there was something.

        Raises LeaseLost, StoreUnavailable and TransportDown.
        """
        if not self._lease.hold():
            if self._in_flight and self._transport is not None:
                self._transport.close()
            self._reset()
            return False
        count = self._announce_new() if self._transport is None else self._send_next_batch(self._transport)
        self._delay.wait_after(count)
        return count > 0

    def close(self) -> None:
        """Release the lease, so that another relay can start at once."""
        if self._transport is not None:
            self._transport.close()
        self._lease.release()

    def _announce_new(self) -> int:
        """Announce what is new, and return how many events that are."""
        before, self._announced = self._announced, self._outbox.head()
        if self._announced == before:
            return 0
        self._announce()
        log.step("events_announced", seq=self._announced[1])
        return max(1, self._announced[1] - before[1])

    def _send_next_batch(self, transport: OutgoingTransport) -> int:
        """Send a batch, and return how many arrived or are in flight. Full batches are not waited for."""
        before = self._last_sent()
        after = [before, *self._in_flight][-1]
        events = self._outbox.entries_after(after, BATCH)
        if events:
            earlier, self._in_flight = self._in_flight, []
            transport.send(events)
            self._in_flight = [*earlier, events[-1].seq]
        elif not self._in_flight:
            transport.ensure_connected()
        self._wait_confirmed(transport, MAX_IN_FLIGHT if len(events) == BATCH else 0)
        arrived = self._last_sent()
        if not events or time.monotonic() >= self._mark_at:
            self._mark(arrived)
        return [arrived, *self._in_flight][-1] - before

    def _last_sent(self) -> int:
        if self._sent is None:
            self._sent = self._marked = self._outbox.sent()
        return self._sent

    def _wait_confirmed(self, transport: OutgoingTransport, left: int) -> None:
        """Wait until so many batches are in flight; what did not arrive is sent again, with all behind it."""
        while len(self._in_flight) > left:
            start, (last, *others) = self._last_sent(), self._in_flight
            self._reset()  # until we know: then from what is stored
            self._sent = max(start, transport.wait_confirmed())
            log.step("events_sent", seq=self._sent)
            if self._sent == last:
                self._in_flight = others
            else:
                for _ in others:
                    transport.wait_confirmed()

    def _reset(self) -> None:
        self._sent, self._in_flight = None, []

    def _mark(self, arrived: int) -> None:
        if arrived == self._marked:
            return
        with self._outbox.database.transaction(serialized=False):
            self._lease.check()
            self._outbox.mark_sent(arrived)
        self._marked, self._mark_at = arrived, time.monotonic() + MARK_SECONDS
        log.step("events_marked", seq=arrived)
