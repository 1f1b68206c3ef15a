"""One service's own store: opening it, one transaction for what must happen together, and our field types.

SQLite runs with write-ahead log and FULL synchronisation (an accepted command survives the power going) and
takes write locks behind a fair queue of our own, because the built-in busy handler starves writers.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import peewee

LOCK_SECONDS = 30.0


class StoreUnavailable(Exception):
    """The store cannot write now (disk full, locked, gone); nothing was written."""


class Database:
    """The store of one service. Models are made from `.Model`; `open` says later where the rows are."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.proxy = peewee.DatabaseProxy()
        self._here = threading.local()
        self._lock: FairLock | None = None

        class Model(peewee.Model):
            class Meta:
                database = self.proxy
                legacy_table_names = False

        self.Model: Any = Model

    def open(self, path: Path, *, max_pages: int | None = None) -> None:
        """Open the SQLite file, which is made with mode 0600 when it is not there yet."""
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        pragmas: dict[str, Any] = {
            "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000,
        }  # fmt: skip
        if max_pages is not None:
            pragmas["max_page_count"] = max_pages
        self.proxy.initialize(peewee.SqliteDatabase(str(path), pragmas=pragmas))
        self._lock = FairLock(path.with_name(path.name + ".lock"))
        self._here = threading.local()

    def close(self) -> None:
        """Close this thread's connection."""
        if self.proxy.obj is not None and not self.proxy.is_closed():
            self.proxy.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything inside happens or nothing does. Inside another transaction it is a part of that one, which
        may fail alone: what the part did is undone, and who catches its error goes on with the rest.

        Raises StoreUnavailable when the store cannot write.
        """
        if self.in_transaction:
            with self.proxy.atomic():
                yield
            return
        assert self._lock is not None, f"the store of {self.name} is not open"
        self._here.after = []
        try:
            with self._lock, self.proxy.atomic("IMMEDIATE"):
                self._here.inside = True
                try:
                    yield
                finally:
                    self._here.inside = False
                # A full disk rolls everything back at once; who swallowed that error wrote nothing since.
                if not self.proxy.connection().in_transaction:
                    raise StoreUnavailable(self.name)
        except peewee.OperationalError as error:
            if _is_a_fault_of_ours(error):
                raise
            raise StoreUnavailable(self.name) from error
        for act in self._here.after:
            act()

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Keep every other writer out, without a transaction: for migrations, which make their own."""
        assert self._lock is not None, f"the store of {self.name} is not open"
        with self._lock:
            yield

    @property
    def in_transaction(self) -> bool:
        """Whether this thread is inside a transaction."""
        return getattr(self._here, "inside", False)

    def after_commit(self, act: Callable[[], None]) -> None:
        """Do this once, after the commit of the transaction we are in; never when it is rolled back."""
        if act not in self._here.after:
            self._here.after.append(act)


class FairLock:
    """One writer at a time, in order of arrival among threads and by flock among processes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._queue: deque[threading.Lock] = deque()
        self._mutex = threading.Lock()
        self._file: tuple[int, int] | None = None

    def __enter__(self) -> None:
        """Raises StoreUnavailable when somebody holds it for longer than any transaction may last."""
        ticket = threading.Lock()
        ticket.acquire()
        with self._mutex:
            self._queue.append(ticket)
            is_first = self._queue[0] is ticket
        try:
            if not is_first and not ticket.acquire(timeout=LOCK_SECONDS):
                raise StoreUnavailable("the write lock is held too long")
            self._take()
        except BaseException:
            self._leave(ticket)
            raise

    def __exit__(self, *_: object) -> None:
        fcntl.flock(self._descriptor(), fcntl.LOCK_UN)
        self._leave(self._queue[0])

    def _take(self) -> None:
        # The kernel queues those who block here; who only tried now and then would be passed by for ever.
        try:
            fcntl.flock(self._descriptor(), fcntl.LOCK_EX)
        except OSError as error:
            raise StoreUnavailable("the write lock cannot be taken") from error

    def _leave(self, ticket: threading.Lock) -> None:
        with self._mutex:
            was_first = self._queue[0] is ticket
            self._queue.remove(ticket)
            if was_first and self._queue:
                self._queue[0].release()

    def _descriptor(self) -> int:
        # A forked child must not share the parent's open file: flock belongs to the open file, not the process.
        if self._file is None or self._file[0] != os.getpid():
            self._file = (os.getpid(), os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
        return self._file[1]


def _is_a_fault_of_ours(error: BaseException) -> bool:
    """Whether SQLite says only that the statement is wrong; anything else (full, busy, I/O) is the world's.

    A rollback that fails after a full disk hides the first error, so the whole chain is asked.
    """
    codes, seen = set(), error
    while seen is not None:
        if isinstance(seen, StoreUnavailable):
            return False
        codes.add(getattr(seen, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF)
        seen = seen.__cause__ or seen.__context__  # type: ignore[assignment]
    return codes == {sqlite3.SQLITE_ERROR}


class IdField(peewee.CharField):
    """A UUID in its written form."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_length": 36, **kwargs})


class MomentField(peewee.CharField):
    """An instant: aware in Python, in the store UTC text of fixed length, so that it sorts."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_length": 27, **kwargs})

    def db_value(self, value: datetime | None) -> str | None:
        """Refuses a naive datetime."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment has a zone")
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def python_value(self, value: str | None) -> datetime | None:
        """Aware, in UTC."""
        return None if value is None else datetime.fromisoformat(value)
