"""A store in one SQLite file: write-ahead log, FULL synchronisation (a promise survives the power going).

Writers queue behind a fair lock of our own, because the built-in busy handler starves them.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
import threading
import weakref
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import peewee

from shared import watchdog
from shared.storage.engine import StoreUnavailable

LOCK_SECONDS = 30.0
MAINTENANCE_SECONDS = 600.0
# Of each index: so that a large store takes no longer than a small one.
ROWS_SAMPLED = 1000


class SqliteEngine:
    """The Engine of one file, created with mode 0600 when it is not there yet."""

    def __init__(self, path: Path, *, max_pages: int | None = None) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        pragmas: dict[str, str | int] = {
            "journal_mode": "wal",
            "synchronous": 2,
            "foreign_keys": 1,
            "busy_timeout": 5000,
        }
        if max_pages is not None:
            pragmas["max_page_count"] = max_pages
        self.proxy: Any = _File(str(path), pragmas=pragmas)
        self._lock = FairLock(path.with_name(path.name + ".lock"))

    share_lock = ""

    def sql(self, statement: str) -> str:
        return statement

    @contextlib.contextmanager
    def transaction(self, *, serialized: bool) -> Iterator[None]:
        """See Engine; on SQLite every writer is serialized."""
        with self._lock, self.proxy.atomic("IMMEDIATE"):
            yield
            # A full disk rolls everything back at once; who swallowed that error wrote nothing since.
            if not self.proxy.connection().in_transaction:
                raise StoreUnavailable("the transaction ended by itself")

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        with self._lock, watchdog.may_take(MAINTENANCE_SECONDS):
            yield

    def wipe(self) -> bool:
        """See Engine. The log goes too, as soon as nobody reads an older state."""
        with self.alone():
            self.proxy.execute_sql("VACUUM")
            is_busy, _, _ = self.proxy.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not is_busy

    def refresh_statistics(self) -> None:
        """See Engine. Without these SQLite guesses, and reads whole tables for what one index would find."""
        with self.alone():
            self.proxy.execute_sql(f"PRAGMA analysis_limit = {ROWS_SAMPLED}")
            self.proxy.execute_sql("ANALYZE")

    def is_fault_of_ours(self, error: BaseException) -> bool:
        """See Engine. A rollback that fails after a full disk hides the first error, so the whole chain counts."""
        codes: set[int] = set()
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, StoreUnavailable):
                return False
            codes.add(getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF)
            cause = cause.__cause__ or cause.__context__
        return codes == {sqlite3.SQLITE_ERROR}

    def notify(self, wakeup: str) -> None:
        """See Engine: everybody who uses a file is on its machine."""

    def wait_notified(self, seconds: float) -> list[str]:
        return []

    def release(self) -> None:
        """Keep the connection: one to a file costs others nothing."""

    def close(self) -> None:
        if not self.proxy.is_closed():
            self.proxy.close()
        self._lock.close()


_Base: Any = peewee.SqliteDatabase


class _File(_Base):
    def execute_deferred(self, sql: str, values: Sequence[object]) -> None:
        """See Database: at once, because a file is not across a network."""
        self.execute_sql(sql, values)


class FairLock:
    """One writer at a time, in order of arrival among threads and by flock among processes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._queue: deque[threading.Lock] = deque()
        self._mutex = threading.Lock()
        self._file: tuple[int, int] | None = None
        self._close_file: Callable[[], object] | None = None

    def __enter__(self) -> None:
        """Wait for the lock. Raises StoreUnavailable when it is held for longer than any transaction may last."""
        ticket = threading.Lock()
        ticket.acquire()
        with self._mutex:
            self._queue.append(ticket)
            is_first = self._queue[0] is ticket
        try:
            with watchdog.may_take(LOCK_SECONDS):
                if not is_first and not ticket.acquire(timeout=LOCK_SECONDS):
                    raise StoreUnavailable("the write lock is held too long")
                self._take()
        except BaseException:
            self._leave(ticket)
            raise

    def __exit__(self, *_: object) -> None:
        fcntl.flock(self._descriptor(), fcntl.LOCK_UN)
        self._leave(self._queue[0])

    def close(self) -> None:
        """Close the file, unless somebody holds the lock or waits for it; it is opened again when needed."""
        with self._mutex:
            if not self._queue and self._close_file is not None:
                self._close_file()
                self._file = self._close_file = None

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
            opened = os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            self._file, self._close_file = (os.getpid(), opened), weakref.finalize(self, os.close, opened)
        return self._file[1]
