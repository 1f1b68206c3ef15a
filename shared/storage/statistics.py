"""What a database knows of its own rows, kept fresh: once a day, and when a work process begins."""

from __future__ import annotations

from datetime import datetime, timedelta

from shared import clock
from shared.storage.database import Database

EVERY = timedelta(days=1)


class Statistics:
    """Has the store of one service count how its rows lie."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._done_at: datetime | None = None

    def step(self) -> bool:
        """Count when that is due; there is never more at once."""
        now = clock.wall()
        if self._done_at is None or now - self._done_at >= EVERY:
            self._database.engine.refresh_statistics()
            self._done_at = now
        return False
