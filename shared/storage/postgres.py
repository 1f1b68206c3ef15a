"""A store in a PostgreSQL database, through psycopg 3.

Writers are serialized here too, by a lock of the transaction: a command decides on what it reads, and nobody may
change that between its reading and its writing. What has no result that anybody waits for (BEGIN, the lock, an
event that is published) is sent with the next statement: a round trip costs more than most statements do.
Connections last: they come from a pool and go back when their thread has nothing to do.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import peewee
import psycopg
from playhouse.pool import MaxConnectionsExceeded, PooledPostgresqlDatabase
from psycopg import ClientCursor
from psycopg.rows import TupleRow

from shared.polling import is_readable
from shared.storage.engine import StoreUnavailable

MAX_CONNECTIONS = 20
WAIT_SECONDS = 30
MAX_UNSENT = 50
# Nothing of ours takes this long; what does is broken, and blocks everybody behind it.
LIMITS = "-c lock_timeout=30s -c statement_timeout=60s -c idle_in_transaction_session_timeout=60s -c timezone=UTC"
# Sequence numbers rest on each statement reading what was committed before it.
ISOLATION = r" -c default_transaction_isolation=read\ committed"
# SQLSTATE classes of a wrong statement or wrong values.
_OURS = ("22", "23", "42")


class PostgresEngine:
    """The Engine of one database of a server; `url` is postgresql://user:password@host:port/name."""

    def __init__(self, url: str) -> None:
        self.proxy: Any = _Pool(url)
        self._sql: dict[str, str] = {}

    share_lock = " FOR SHARE"

    def sql(self, statement: str) -> str:
        translated = self._sql.get(statement)
        if translated is None:
            translated = self._sql[statement] = statement.replace("%", "%%").replace("?", "%s")
        return translated

    @contextlib.contextmanager
    def transaction(self, *, serialized: bool) -> Iterator[None]:
        try:
            with self.proxy.atomic(_SERIALIZED if serialized else None):
                yield
        except (peewee.OperationalError, peewee.InterfaceError):
            self._drop_if_broken()
            raise

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """See Engine. The lock is that of the session, so it holds over the transactions of the migrations."""
        with self.proxy.connection_context():
            self.proxy.execute_sql(f"SELECT pg_advisory_lock({_WRITE_LOCK})")
            self.proxy.execute_sql("SET statement_timeout = 0")
            try:
                yield
            finally:
                self.proxy.execute_sql("RESET statement_timeout")
                self.proxy.execute_sql(f"SELECT pg_advisory_unlock({_WRITE_LOCK})")

    def wipe(self) -> bool:
        """See Engine: its tables are rewritten. The server's own log is overwritten in its own time.

        Whoever still reads an older state (a backup, for instance) would keep what was deleted alive.
        """
        with self.alone():
            if self.proxy.execute_sql(_READS_OLDER).fetchone()[0]:
                return False
            tables = self.proxy.execute_sql(_OUR_TABLES).fetchall()
            for (table,) in tables:
                self.proxy.execute_sql(f"VACUUM FULL {table}")
        return True

    def is_fault_of_ours(self, error: BaseException) -> bool:
        """See Engine. By SQLSTATE; without one the connection was lost."""
        if isinstance(error, StoreUnavailable | MaxConnectionsExceeded):
            return False
        cause = error.__cause__ or error.__context__
        state = getattr(error, "sqlstate", None) or getattr(cause, "sqlstate", None)
        return state is not None and state[:2] in _OURS

    def notify(self, wakeup: str) -> None:
        """See Engine. After the commit and on its own: a NOTIFY inside makes all commits wait for each other."""
        with contextlib.suppress(peewee.OperationalError, peewee.InterfaceError):
            self.proxy.execute_sql("SELECT pg_notify(%s, %s)", (_CHANNEL, wakeup))

    def wait_notified(self, seconds: float) -> list[str]:
        """See Engine. Keeps a connection of its own in the thread that asks."""
        self.proxy.execute_sql(f"LISTEN {_CHANNEL}")
        return [notify.payload for notify in self.proxy.connection().notifies(timeout=seconds, stop_after=1)]

    def release(self) -> None:
        """See Engine: it goes back to the pool."""
        if not self.proxy.is_closed() and not self.proxy.in_transaction():
            self.proxy.close()

    def close(self) -> None:
        self.proxy.is_closing = True
        self.release()
        self.proxy.close_idle()
        self.proxy.close_abandoned()

    def _drop_if_broken(self) -> None:
        if not self.proxy.is_closed() and not self.proxy.is_connection_usable():
            self.proxy.manual_close()


# One number for every store: advisory locks are those of one database.
_WRITE_LOCK = int.from_bytes(hashlib.sha256(b"houvast: one writer at a time").digest()[:4], "big")
_SERIALIZED = "serialized"
_BEGIN, _TAKE_LOCK = ("BEGIN", None), (f"SELECT pg_advisory_xact_lock({_WRITE_LOCK})", None)
_CHANNEL = "houvast"
_READS_OLDER = (
    "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND age(backend_xmin) > age(pg_current_xact_id()::xid))"
)
_OUR_TABLES = "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"


Connection = psycopg.Connection[TupleRow]
_on_error: contextlib.AbstractContextManager[None] = getattr(peewee, "__exception_wrapper__")  # noqa: B009


_Base: Any = PooledPostgresqlDatabase


class _Pool(_Base):
    """A pool that sends a statement together with the deferred ones before it."""

    is_closing = False

    def __init__(self, url: str) -> None:
        super().__init__(
            url,
            prefer_psycopg3=True,
            autoconnect=True,
            max_connections=MAX_CONNECTIONS,
            timeout=WAIT_SECONDS,
            options=LIMITS + ISOLATION,
            connect_timeout=10,
            application_name="houvast",
        )
        self._users: dict[object, threading.Thread] = {}
        self._unsent = _Unsent()

    def _connect(self) -> Connection:
        connection: Connection = super()._connect()
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

    def _can_reuse(self, conn: Connection) -> bool:
        return not self.is_closing and bool(super()._can_reuse(conn))

    def _is_closed(self, conn: Connection) -> bool:
        # A server that went away leaves something to read: nothing else comes on an idle connection.
        return bool(super()._is_closed(conn)) or is_readable(conn.pgconn.socket, 0)

    def begin(self, isolation_level: str | None = None) -> None:
        """Begin with the first statement; a transaction without one is never begun."""
        self.connection()
        self._unsent.statements = [_BEGIN, _TAKE_LOCK] if isolation_level == _SERIALIZED else [_BEGIN]

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

    def _execute_cursor(self, sql: Any, params: Sequence[object] | None) -> psycopg.Cursor[TupleRow]:
        """Run any statement of peewee or of ours; raises an error of what was unsent too."""
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


class _Unsent(threading.local):
    """The statements of its transaction that a thread has not sent yet."""

    def __init__(self) -> None:
        self.statements: list[tuple[Any, Sequence[object] | None]] = []
