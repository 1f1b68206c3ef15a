"""What a database engine must be able to do for a store; SQLite and PostgreSQL each do it in their own way."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, Protocol


class StoreUnavailable(Exception):
    """Raised when the store cannot write now (disk full, locked, gone); nothing was written."""


class Engine(Protocol):
    """How one store is opened, how its writers are serialized, and which errors are not ours."""

    proxy: Any  # peewee's database, with execute_deferred(sql, values)
    share_lock: str  # after a SELECT: nobody may change the row until our transaction ends

    def sql(self, statement: str) -> str:
        """Return a constant statement, written with question marks, as this engine wants it."""

    def transaction(self, *, serialized: bool) -> AbstractContextManager[None]:
        """Begin an outermost transaction; `serialized` keeps every other writer of this store out meanwhile."""

    def alone(self) -> AbstractContextManager[None]:
        """Keep every other writer out, without a transaction: for migrations, which begin their own."""

    def wipe(self) -> bool:
        """Rewrite the store so that nothing deleted is left in its files; False when that cannot be done now."""

    def refresh_statistics(self) -> None:
        """Count how the rows of every table lie, by which the database chooses its indexes."""

    def is_fault_of_ours(self, error: BaseException) -> bool:
        """Tell whether the statement itself is wrong; anything else (full, busy, gone) is not ours."""

    def notify(self, wakeup: str) -> None:
        """Notify a wake-up on the machine where somebody waits for it, if anybody does."""

    def wait_notified(self, seconds: float) -> list[str]:
        """Return the wake-ups of other machines, after waiting for one for at most so long."""

    def release(self) -> None:
        """Give back the connection of this thread, which needs none for now."""

    def close(self) -> None:
        """Close the connection of this thread and those that nobody uses; one in use closes when released."""
