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
from shared.pace import Pace

BATCH = 500
# So many full batches may be on their way while the next one is numbered and read: by measurement (bench relay).
AHEAD = 2


class CourierDown(Exception):
    """The courier cannot take letters now; what is unconfirmed is handed over again later."""


class Courier(Protocol):
    """What carries letters to their listeners. It may lose them: the log does not."""

    def send(self, letters: Sequence[Numbered], epoch: int) -> None:
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
    """Numbers, announces and hands over; fenced by the lease, whose holder is the only one."""

    def __init__(
        self, outbox: Outbox, lease: Lease, announce: Callable[[], None], courier: Courier | None = None
    ) -> None:
        self._outbox, self._lease, self._announce, self._courier = outbox, lease, announce, courier
        # What arrived, and how much of that is written down; None until we know.
        self._sent: int | None = None
        self._marked: int | None = None
        self._on_the_way: list[int] = []  # the last number of each batch that was sent and not settled
        self._pace = Pace()

    def step(self) -> bool:
        """Number what waits and hand it over; True when there was something.

        Raises LeaseLost, StoreUnavailable and CourierDown; what was numbered stays so.
        """
        if not self._lease.hold():
            if self._on_the_way and self._courier is not None:
                self._courier.close()
            self._forget()
            return False
        numbered, handed_over = 0, 0
        head = None
        if self._outbox.has_unnumbered():
            numbered, head = self._number()
        if self._courier is not None:
            handed_over = self._hand_over(self._courier, head)
        self._pace.rest(max(numbered, handed_over))
        return numbered + handed_over > 0

    def close(self) -> None:
        """Let the next one start at once."""
        if self._courier is not None:
            self._courier.close()
        self._lease.release()

    def _number(self) -> tuple[int, tuple[int, int]]:
        """Gives how many were numbered, and the head. Writes down in one go what arrived before."""
        arrived = self._sent
        with self._outbox.database.transaction(in_turn=False):
            self._lease.check()
            count, epoch, last = self._outbox.number(BATCH, arrived or 0)
            log.step("letters_numbering", count=count)
        log.step("letters_numbered", count=count)
        self._marked = arrived
        self._announce()
        return count, (epoch, last)

    def _hand_over(self, courier: Courier, head: tuple[int, int] | None) -> int:
        """How many arrived or are on their way: full batches are not waited for before the next one is sent.

        What arrived is written down with the next numbers, or here when there are none to give.
        """
        epoch, last = head or self._outbox.head()
        before = self._known()
        after = [before, *self._on_the_way][-1]
        letters = self._outbox.numbered(after, BATCH) if after < last else []
        if letters:
            before_these, self._on_the_way = self._on_the_way, []
            courier.send(letters, epoch)
            self._on_the_way = [*before_these, letters[-1].seq]
        elif not self._on_the_way:
            courier.stay_ready()
        self._settle(courier, AHEAD if len(letters) == BATCH else 0)
        arrived = self._known()
        if head is None:
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
        self._marked = arrived
        log.step("letters_marked", seq=arrived)
