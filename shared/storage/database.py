"""The store of a service: one interface, whatever engine it stands on."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import peewee

from shared import watchdog
from shared.storage.engine import Engine, StoreUnavailable
from shared.storage.postgres import PostgresEngine
from shared.storage.sqlite import SqliteEngine


class Table(peewee.Model):
    """A table of the mechanism; `Database.bind` says in which store."""

    class Meta:
        legacy_table_names = False


class Database:
    """The store of one service. Models derive from `.Model`; `open` says later where their rows are."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.proxy = peewee.DatabaseProxy()
        self._local = threading.local()
        self._engine: Engine | None = None

        class Model(Table):
            class Meta:
                database = self.proxy

        self.Model: Any = Model

    def bind(self, *tables: type[Table]) -> tuple[type[Table], ...]:
        """Keep the rows of these tables in this store; returns them."""
        for table in tables:
            table.bind(self.proxy, bind_refs=False, bind_backrefs=False)
            # Once more when it is open: some columns are written otherwise on each engine.
            self.proxy.attach_callback(table._meta.set_database)
        return tables

    def open(self, place: Path | str, *, max_pages: int | None = None) -> None:
        """Open a SQLite file (a path) or a PostgreSQL database (its URL)."""
        self.close()
        if isinstance(place, Path):
            self._engine = SqliteEngine(place, max_pages=max_pages)
        else:
            self._engine = PostgresEngine(place)
        self.proxy.initialize(self._engine.proxy)
        self._local = threading.local()

    @property
    def engine(self) -> Engine:
        """The engine of the open store."""
        assert self._engine is not None, f"the store of {self.name} is not open"
        return self._engine

    def close(self) -> None:
        """Close the connections of this thread, and those that no thread uses."""
        if self._engine is not None:
            self._engine.close()

    def release(self) -> None:
        """Release the connection of this thread, which has nothing to do for now."""
        self.engine.release()

    def execute(self, statement: str, values: Sequence[object] = ()) -> Any:
        """Run a constant statement, written with question marks; returns the cursor."""
        return self.proxy.execute_sql(self.engine.sql(statement), values)

    def execute_deferred(self, statement: str, values: Sequence[object] = ()) -> None:
        """Run a statement whose result nobody needs, inside a transaction: it is sent with the next one.

        An error of it is raised by the next statement, or by the commit.
        """
        self.proxy.execute_deferred(self.engine.sql(statement), values)

    @contextlib.contextmanager
    def transaction(self, *, serialized: bool = True) -> Iterator[None]:
        """Commit everything inside, or nothing. Inside another transaction it is a savepoint of that one.

        serialized  nobody else changes this store meanwhile; only mechanism that locks its own rows does without
        Raises StoreUnavailable when the store cannot write.
        """
        if self.in_transaction:
            with self.proxy.atomic():
                yield
            return
        watchdog.report()
        self._local.after = []
        try:
            with self.engine.transaction(serialized=serialized):
                self._local.inside, self._local.holds_write_lock = True, serialized
                try:
                    yield
                finally:
                    self._local.inside = self._local.holds_write_lock = False
        except (peewee.OperationalError, peewee.InterfaceError) as error:
            if self.engine.is_fault_of_ours(error):
                raise
            raise StoreUnavailable(self.name) from error
        for callback in self._local.after:
            callback()

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Keep every other writer out, without a transaction: for migrations, which begin their own."""
        with self.engine.alone():
            yield

    @property
    def in_transaction(self) -> bool:
        """Whether this thread is inside a transaction."""
        return getattr(self._local, "inside", False)

    @property
    def holds_write_lock(self) -> bool:
        """Whether this thread is inside a transaction during which nobody else changes this store."""
        return getattr(self._local, "holds_write_lock", False)

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Call this once, after the commit of the transaction we are in; never when it is rolled back."""
        if callback not in self._local.after:
            self._local.after.append(callback)
