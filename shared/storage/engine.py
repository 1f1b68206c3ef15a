"""What a database engine must be able to do for a store; SQLite and PostgreSQL each do it in their own way."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, Protocol


class StoreUnavailable(Exception):
    """The store cannot write now (disk full, locked, gone); nothing was written."""


class Engine(Protocol):
    """How one store is opened, how its writers take turns, and which errors are the world's."""

    proxy: Any  # peewee's database, with execute_later(sql, values)
    share_lock: str  # after a SELECT: nobody may change the row until our transaction has ended

    def sql(self, statement: str) -> str:
        """A constant statement, written with question marks, as this engine wants it."""

    def transaction(self, *, serialized: bool) -> AbstractContextManager[None]:
        """An outermost transaction. in_turn: alone among all that change this store."""

    def alone(self) -> AbstractContextManager[None]:
        """Keep every other writer out, without a transaction: for migrations, which make their own."""

    def wipe(self) -> bool:
        """Write the store anew, so that nothing that was removed can be found in its files; False: not now."""

    def is_fault_of_ours(self, error: BaseException) -> bool:
        """Whether the statement itself is wrong; anything else (full, busy, gone) is the world's."""

    def notify(self, wakeup: str) -> None:
        """Ring a wake-up on whatever machine it hangs; nobody there is fine."""

    def wait_notified(self, seconds: float) -> list[str]:
        """The wake-ups that were rung from elsewhere, waiting for one at most so long."""

    def release(self) -> None:
        """This thread needs no connection for now."""

    def close(self) -> None:
        """Close what this thread has open and what nobody uses; who uses it still, closes it when letting go."""
