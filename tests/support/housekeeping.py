"""What daily housekeeping finds and leaves behind, without waiting for ninety days."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
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
    wall = clock.wall

    def wall_of_then() -> datetime:
        return wall() - _MONTHS

    def id_of_then() -> str:
        return first_id(clock.wall())[:13] + new_id()[13:]

    with (
        mock.patch.object(clock, "wall", wall_of_then),
        mock.patch("shared.messaging.outbox.new_id", id_of_then),
    ):
        yield


def pass_months(services: Iterable[Service]) -> None:
    """Make all that was published months older, and prune it. Every consumer must have handled it."""
    for service in services:
        with service.transaction():
            for table in (service.outbox.Outbox, service.inbox.Inbox):
                young = table.select(table.id, table.event_id).where(table.event_id >= oldest_that_counts())
                for row_id, event_id in list(young.tuples()):
                    table.update(event_id=_older(event_id)).where(table.id == row_id).execute()
        pruner = Pruner(service.outbox, service.inbox)
        while pruner.step():
            pass


def _older(event_id: str) -> str:
    milliseconds = int(_MONTHS.total_seconds() * 1000)
    return str(uuid.UUID(int=uuid.UUID(event_id).int - (milliseconds << 80)))
