"""Where a listener reads a publisher's log: one port, so that every courier is only a faster way to the same.

On one machine the log is read from the publisher's own store.
"""

from __future__ import annotations

from typing import Protocol

from shared.outbox import Outbox


class Feed(Protocol):
    """A publisher's log, from the outside."""

    def head(self) -> tuple[int, int]:
        """(epoch of the publisher's store, last number given)."""

    def after(self, seq: int, limit: int) -> list[tuple[int, str]]:
        """Letters with a number above `seq`, in order, with that number: at most `limit`."""


class LocalFeed:
    """The log of a publisher whose store is on this machine."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    def head(self) -> tuple[int, int]:
        """See Feed."""
        return self._outbox.head()

    def after(self, seq: int, limit: int) -> list[tuple[int, str]]:
        """See Feed."""
        return self._outbox.after(seq, limit)
