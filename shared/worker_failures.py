"""What a work process cannot do by a fault of ours: kept as long as that lasts, for whoever operates it."""

from __future__ import annotations

import peewee

from shared import clock
from shared.storage import Database, MomentField, Table


class WorkerFailures:
    """The parts of a service's work process that fail each time."""

    def __init__(self, database: Database) -> None:
        self.database = database

        class WorkerFailure(Table):
            """`error` is its kind and place, as in the log: no text of it."""

            worker = peewee.CharField(primary_key=True)
            since = MomentField()
            error = peewee.CharField()

        self.WorkerFailure = WorkerFailure
        database.bind(WorkerFailure)

    def record(self, worker: str, error: str) -> None:
        """Record that this part fails each time."""
        with self.database.transaction():
            self.WorkerFailure.insert(worker=worker, since=clock.wall(), error=error).on_conflict(
                conflict_target=[self.WorkerFailure.worker], update={"error": error}
            ).execute()

    def clear(self, worker: str) -> None:
        """Record that this part works."""
        with self.database.transaction():
            self.WorkerFailure.delete().where(self.WorkerFailure.worker == worker).execute()

    def current(self) -> dict[str, str]:
        """Return part -> error, of those that fail each time."""
        rows = self.WorkerFailure.select(self.WorkerFailure.worker, self.WorkerFailure.error)
        return {row.worker: row.error for row in rows.order_by(self.WorkerFailure.worker)}
