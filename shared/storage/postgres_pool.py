"""The connections of a PostgreSQL store: none waits for ever; what has no result goes with the next statement."""

from __future__ import annotations

import contextlib
import hashlib
import threading
import weakref
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import peewee
import psycopg
from playhouse.pool import PooledPostgresqlDatabase
from psycopg import ClientCursor
from psycopg.abc import RV, PQGen
from psycopg.pq import TransactionStatus
from psycopg.rows import TupleRow

from shared import watchdog
from shared.polling import is_readable

MAX_UNSENT = 50
# A server that does not even say that a limit was passed is not there any more, whatever the network pretends.
ANSWER_SECONDS = 7.5
# SQLSTATE of a connection that is lost, and of a server that stops, starts or has no room for us.
_LOST = ("08", "57P", "53300")
# One number for every store: advisory locks are those of one database.
WRITE_LOCK = int.from_bytes(hashlib.sha256(b"houvast: one writer at a time").digest()[:4], "big")
SERIALIZED = "serialized"
_BEGIN, _TAKE_LOCK = ("BEGIN", None), (f"SELECT pg_advisory_xact_lock({WRITE_LOCK})", None)


def is_server_lost(error: BaseException) -> bool:
    """Whether a server of a store could not be reached, or ended our connection."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, psycopg.InterfaceError):
            return True
        if isinstance(cause, psycopg.OperationalError):
            # Without a SQLSTATE nothing was answered.
            return cause.sqlstate is None or cause.sqlstate.startswith(_LOST)
        cause = cause.__cause__ or cause.__context__
    return False


class _Connection(psycopg.Connection[TupleRow]):
    """A connection that never waits for ever."""

    answer_seconds = ANSWER_SECONDS

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """Wait for the answer. Raises OperationalError, and is closed, when none comes in time."""
        watchdog.report()
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        try:
            answer = super().wait(gen, interval, self.answer_seconds)
            watchdog.reach(watchdog.STORE)
            return answer
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.pgconn.finish()  # an answer that still comes would be taken for that of the next statement
            raise


class _NotConnected(Exception):
    """Raised inside the pool, whose lock everybody of this store needs, instead of connecting there."""

    def __init__(self, params: Mapping[str, Any]) -> None:
        self.params = params


class _Adapter(peewee.Psycopg3Adapter):
    def connect(self, db: Pool, **params: Any) -> _Connection:
        """Give the connection that this thread has just made. Raises _NotConnected when it made none."""
        connection, db.fresh.connection = db.fresh.connection, None
        if connection is None:
            raise _NotConnected(params)
        return connection


_Base: Any = PooledPostgresqlDatabase
_on_error: contextlib.AbstractContextManager[None] = getattr(peewee, "__exception_wrapper__")  # noqa: B009


class Pool(_Base):
    """A pool that sends a statement together with the deferred ones before it."""

    is_closing = False
    psycopg3_adapter = _Adapter

    def __init__(self, url: str, **kwargs: Any) -> None:
        super().__init__(url, **kwargs)
        self._users: dict[object, threading.Thread] = {}
        self._unsent, self.fresh = _Unsent(), _Fresh()
        self._server = urlsplit(url).netloc
        _pools.add(self)

    def connect(self, reuse_if_open: bool = False) -> bool:
        """Take an idle connection, or make one: a server that does not answer then keeps nobody else waiting."""
        try:
            while True:
                try:
                    return bool(super().connect(reuse_if_open))
                except _NotConnected as missing:
                    watchdog.lose(watchdog.STORE)
                    with _on_error, watchdog.may_take(watchdog.CONNECT_SECONDS):
                        self.fresh.connection = _Connection.connect(self.database, **missing.params)
                    watchdog.reach(watchdog.STORE)
        finally:
            if self.fresh.connection is not None:  # another came free meanwhile
                self._close_raw(self.fresh.connection)
                self.fresh.connection = None

    def _connect(self) -> _Connection:
        connection: _Connection = super()._connect()
        self._users[self.conn_key(connection)] = threading.current_thread()
        return connection

    def close_abandoned(self) -> None:
        """Close connections that threads did not give back before they ended."""
        with self._pool_lock:
            for key in [key for key, user in self._users.items() if not user.is_alive()]:
                abandoned = self._in_use.pop(key, None)
                if abandoned is not None:
                    self._close_raw(abandoned.connection)
                del self._users[key]

    def _can_reuse(self, conn: _Connection) -> bool:
        return not self.is_closing and bool(super()._can_reuse(conn))

    def _is_closed(self, conn: _Connection) -> bool:
        # A server that went away leaves something to read: nothing else comes on an idle connection.
        # Not by asking it: one that leads nowhere any more would be waited for, and each of them in turn.
        if not conn.closed and is_readable(conn.pgconn.socket, 0):
            self._close_raw(conn)  # the pool forgets it: nobody else would
        return bool(conn.closed)

    def begin(self, isolation_level: str | None = None) -> None:
        """Begin with the first statement; a transaction without one is never begun."""
        self.connection()
        self._unsent.statements = [_BEGIN, _TAKE_LOCK] if isolation_level == SERIALIZED else [_BEGIN]

    def commit(self) -> None:
        """Commit, with what is still unsent."""
        if self._unsent.statements in ([_BEGIN], [_BEGIN, _TAKE_LOCK]):
            self._unsent.statements = []
        else:
            self._execute_cursor("COMMIT", None)

    def rollback(self) -> None:
        """Roll back; what was not sent yet is dropped."""
        has_begun, self._unsent.statements = _BEGIN not in self._unsent.statements, []
        if has_begun:
            super().rollback()

    def execute_deferred(self, sql: str, values: Sequence[object]) -> None:
        """See Database: sent with the next statement, or with the commit."""
        assert self.in_transaction()
        if len(self._unsent.statements) < MAX_UNSENT:
            self._unsent.statements.append((sql, values))
        else:
            self.execute_sql(sql, values)

    def _execute_cursor(self, sql: str, params: Sequence[object] | None) -> object:
        """Run any statement of peewee or of ours; raises an error of what was unsent too."""
        try:
            return self._send(sql, params)
        except Exception:
            if not self.is_closed() and self._state.conn.closed:
                # What ended this one may have ended those: nobody has to find out one by one.
                for pool in [pool for pool in _pools if pool._server == self._server]:
                    pool.close_idle()
            raise

    def _send(self, sql: str, params: Sequence[object] | None) -> object:
        if sql.startswith("ROLLBACK TO"):
            self._unsent.statements = []  # of the part that is undone: SAVEPOINT sent what was before it
        unsent = self._unsent.statements
        if not unsent:
            return super()._execute_cursor(sql, params)
        with _on_error:
            cursor = ClientCursor(self._state.conn)
            batch = ";".join(
                statement if values is None else cursor.mogrify(statement, values)
                for statement, values in (*unsent, (sql, params))
            )
            self._unsent.statements = []
            try:
                cursor.execute(batch)
            except Exception:
                if _BEGIN in unsent and self._adapter.txn_status(self._state.conn) == self._adapter.txn_idle:
                    self._unsent.statements = unsent  # not even BEGIN was done: it could not be read
                raise
            for _ in unsent:
                cursor.nextset()
        return cursor


# The stores of one installation stand on one server.
_pools: weakref.WeakSet[Pool] = weakref.WeakSet()


class _Fresh(threading.local):
    """The connection that a thread has made and not taken into use yet."""

    connection: _Connection | None = None


class _Unsent(threading.local):
    """The statements of its transaction that a thread has not sent yet."""

    def __init__(self) -> None:
        self.statements: list[tuple[str, Sequence[object] | None]] = []
