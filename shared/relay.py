"""The one relay of a service: tells that there is more, and hands letters to the courier.

Without a broker the courier has nothing to carry: listeners read the log themselves, so it is enough to announce
that there is more. With one, what arrived is written down in a short transaction of its own when nothing more
waits, and once a second while there is always more; what was not written down yet is handed over again after a
fall, and counts once. While it waits for the broker nothing of the store is locked.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Protocol

from shared import log
from shared.lease import Lease
from shared.outbox import Numbered, Outbox
from shared.pace import Pace

BATCH = 500
# So many full batches may be on their way while the next one is read: by measurement (bench relay).
AHEAD = 2
MARK_SECONDS = 1.0


class CourierDown(Exception):
    """The courier cannot take letters now; what is unconfirmed is handed over again later."""


class Courier(Protocol):
    """What carries letters to their listeners. It may lose them: the log does not."""

    def send(self, letters: Sequence[Numbered]) -> None:
        """Take these, in order, and do not wait. Raises CourierDown."""

    def settle(self) -> int:
        """Wait for the first that was sent and not settled; gives the number up to which it arrived.

        Raises CourierDown when that is not known: then nothing that was sent counts.
        """

    def stay_ready(self) -> None:
        """Nothing to carry now. Raises CourierDown."""

    def close(self) -> None:
        """Nothing more will come."""


class Relay:
    """Announces and hands over; fenced by the lease, whose holder is the only one."""

    def __init__(
        self, outbox: Outbox, lease: Lease, announce: Callable[[], None], courier: Courier | None = None
    ) -> None:
        self._outbox, self._lease, self._announce, self._courier = outbox, lease, announce, courier
        self._announced = (1, 0)  # the head of a log in which nothing was said yet
        # What arrived, and how much of that is written down; None until we know.
        self._sent: int | None = None
        self._marked: int | None = None
        self._mark_at = 0.0
        self._on_the_way: list[int] = []  # the last number of each batch that was sent and not settled
        self._pace = Pace()

    def step(self) -> bool:
        """Announce or hand over what is new; True when there was something.

        Raises LeaseLost, StoreUnavailable and CourierDown.
        """
        if not self._lease.hold():
            if self._on_the_way and self._courier is not None:
                self._courier.close()
            self._forget()
            return False
        count = self._tell() if self._courier is None else self._hand_over(self._courier)
        self._pace.rest(count)
        return count > 0

    def close(self) -> None:
        """Let the next one start at once."""
        if self._courier is not None:
            self._courier.close()
        self._lease.release()

    def _tell(self) -> int:
        """How many are new since it was told that there is more."""
        before, self._announced = self._announced, self._outbox.head()
        if self._announced == before:
            return 0
        self._announce()
        log.step("letters_announced", seq=self._announced[1])
        return max(1, self._announced[1] - before[1])

    def _hand_over(self, courier: Courier) -> int:
        """How many arrived or are on their way: full batches are not waited for before the next one is sent."""
        before = self._known()
        after = [before, *self._on_the_way][-1]
        letters = self._outbox.numbered(after, BATCH)
        if letters:
            before_these, self._on_the_way = self._on_the_way, []
            courier.send(letters)
            self._on_the_way = [*before_these, letters[-1].seq]
        elif not self._on_the_way:
            courier.stay_ready()
        self._settle(courier, AHEAD if len(letters) == BATCH else 0)
        arrived = self._known()
        if not letters or time.monotonic() >= self._mark_at:
            self._mark(arrived)
        return [arrived, *self._on_the_way][-1] - before

    def _known(self) -> int:
        if self._sent is None:
            self._sent = self._marked = self._outbox.sent()
        return self._sent

    def _settle(self, courier: Courier, left: int) -> None:
        """Wait until so many batches are on their way; what did not arrive goes again, with all behind it."""
        while len(self._on_the_way) > left:
            start, (last, *others) = self._known(), self._on_the_way
            self._forget()  # until we know: then from what is written down
            self._sent = max(start, courier.settle())
            log.step("letters_sent", seq=self._sent)
            if self._sent == last:
                self._on_the_way = others
            else:
                for _ in others:
                    courier.settle()

    def _forget(self) -> None:
        self._sent, self._on_the_way = None, []

    def _mark(self, arrived: int) -> None:
        if arrived == self._marked:
            return
        with self._outbox.database.transaction(in_turn=False):
            self._lease.check()
            self._outbox.mark_sent(arrived)
        self._marked, self._mark_at = arrived, time.monotonic() + MARK_SECONDS
        log.step("letters_marked", seq=arrived)
