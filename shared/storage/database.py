"""The store of one service: the same for whoever uses it, whatever engine it stands on."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import peewee

from shared.storage.engine import Engine, StoreUnavailable
from shared.storage.postgres import PostgresEngine
from shared.storage.sqlite import SqliteEngine


class Database:
    """The store of one service. Models are made from `.Model`; `open` says later where the rows are."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.proxy = peewee.DatabaseProxy()
        self._here = threading.local()
        self._engine: Engine | None = None

        class Model(peewee.Model):
            class Meta:
                database = self.proxy
                legacy_table_names = False

        self.Model: Any = Model

    def open(self, place: Path | str, *, max_pages: int | None = None) -> None:
        """Open a SQLite file (a path) or a PostgreSQL database (its URL)."""
        self.close()
        if isinstance(place, Path):
            self._engine = SqliteEngine(place, max_pages=max_pages)
        else:
            self._engine = PostgresEngine(place)
        self.proxy.initialize(self._engine.proxy)
        self._here = threading.local()

    @property
    def engine(self) -> Engine:
        """What it stands on."""
        assert self._engine is not None, f"the store of {self.name} is not open"
        return self._engine

    def close(self) -> None:
        """Close what this thread has open of it, and what no thread uses."""
        if self._engine is not None:
            self._engine.close()

    def release(self) -> None:
        """This thread has nothing to do for now."""
        self.engine.release()

    def execute(self, statement: str, values: Sequence[Any] = ()) -> Any:
        """Run a constant statement, written with question marks; gives the cursor."""
        return self.proxy.execute_sql(self.engine.sql(statement), values)

    def execute_deferred(self, statement: str, values: Sequence[Any] = ()) -> None:
        """The same inside a transaction, for a statement whose result nobody needs: it takes no time of its own.

        An error of it comes out at the next statement, or at the commit.
        """
        self.proxy.execute_deferred(self.engine.sql(statement), values)

    @contextlib.contextmanager
    def transaction(self, *, serialized: bool = True) -> Iterator[None]:
        """Everything inside happens or nothing does. Inside another transaction it is a part of that one, which
        may fail alone: what the part did is undone, and who catches its error goes on with the rest.

        in_turn  nobody else changes this store meanwhile; only mechanism that locks its own rows does without
        Raises StoreUnavailable when the store cannot write.
        """
        if self.in_transaction:
            with self.proxy.atomic():
                yield
            return
        self._here.after = []
        try:
            with self.engine.transaction(serialized=serialized):
                self._here.inside, self._here.holds_write_lock = True, serialized
                try:
                    yield
                finally:
                    self._here.inside = self._here.holds_write_lock = False
        except (peewee.OperationalError, peewee.InterfaceError) as error:
            if self.engine.is_fault_of_ours(error):
                raise
            raise StoreUnavailable(self.name) from error
        for act in self._here.after:
            act()

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Keep every other writer out, without a transaction: for migrations, which make their own."""
        with self.engine.alone():
            yield

    @property
    def in_transaction(self) -> bool:
        """Whether this thread is inside a transaction."""
        return getattr(self._here, "inside", False)

    @property
    def holds_write_lock(self) -> bool:
        """Whether this thread is inside a transaction during which nobody else changes this store."""
        return getattr(self._here, "holds_write_lock", False)

    def after_commit(self, act: Callable[[], None]) -> None:
        """Do this once, after the commit of the transaction we are in; never when it is rolled back."""
        if act not in self._here.after:
            self._here.after.append(act)
