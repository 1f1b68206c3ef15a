"""What daily housekeeping finds and leaves behind, without waiting for ninety days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from unittest import mock

from shared import clock
from shared.ids import first_id, new_id
from shared.messaging.retention import KEPT, MARGIN, Pruner
from shared.service import Service

_MONTHS = KEPT + 30 * MARGIN


def oldest_that_counts() -> str:
    """Return the id below which everything is that was published months ago."""
    return first_id(clock.wall() - KEPT)


@contextmanager
def months_ago() -> Iterator[None]:
    """Let it be months ago by the time of the machine, and in the ids of what is published meanwhile."""

    def id_of_then() -> str:
        return first_id(clock.wall())[:13] + new_id()[13:]

    with _clock_moved(-_MONTHS), mock.patch("shared.messaging.outbox.new_id", id_of_then):
        yield


def pass_months(services: Iterable[Service]) -> None:
    """Prune as months later, when nothing of now counts any more. Every consumer must have handled it."""
    with _clock_moved(_MONTHS):
        for service in services:
            pruner = Pruner(service.outbox, service.inbox)
            while pruner.step():
                pass


@contextmanager
def _clock_moved(by: timedelta) -> Iterator[None]:
    wall = clock.wall

    def moved() -> datetime:
        return wall() + by

    with mock.patch.object(clock, "wall", moved):
        yield
