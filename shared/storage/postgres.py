"""A store in a PostgreSQL database, through psycopg 3.

Writers are serialized here too, by a lock of the transaction: a command decides on what it reads, and nobody may
change that between its reading and its writing. What has no result that anybody waits for (BEGIN, the lock, an
event that is published) is sent with the next statement: a round trip costs more than most statements do.
Connections last: they come from a pool and go back when their thread has nothing to do.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import peewee
from playhouse.pool import MaxConnectionsExceeded

from shared import watchdog
from shared.storage.engine import StoreUnavailable
from shared.storage.postgres_pool import ANSWER_SECONDS, SERIALIZED, WRITE_LOCK, Pool

MAX_CONNECTIONS = 20
# For each address of the server.
CONNECT_SECONDS = 4
WAIT_SECONDS = 7
# Rewriting tables, and waiting for who does.
MAINTENANCE_SECONDS = 600.0
# Nothing of ours takes this long; what does is broken, and blocks everybody behind it.
LIMITS = "-c lock_timeout=7s -c statement_timeout=7s -c timezone=UTC"
# Whoever vanished in the middle of a transaction (its machine, the network) holds the write lock of everybody. The
# server takes it back as soon as we would have missed an answer; by itself it looks after two hours.
VANISHED = (
    " -c idle_in_transaction_session_timeout=8s -c tcp_user_timeout=8s"
    " -c tcp_keepalives_idle=4 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=2"
)
# The same for what our kernel can see: what is sent and never confirmed, and a peer that is silent.
KEEPALIVE = {
    "tcp_user_timeout": 8000,
    "keepalives_idle": 4,
    "keepalives_interval": 2,
    "keepalives_count": 2,
}
# Sequence numbers rest on each statement reading what was committed before it.
ISOLATION = r" -c default_transaction_isolation=read\ committed"
# SQLSTATE classes of a wrong statement or wrong values.
_OURS = ("22", "23", "42")


class PostgresEngine:
    """The Engine of one database of a server; `url` is postgresql://user:password@host:port/name."""

    def __init__(self, url: str) -> None:
        self.proxy: Any = Pool(
            url,
            prefer_psycopg3=True,
            autoconnect=True,
            max_connections=MAX_CONNECTIONS,
            timeout=WAIT_SECONDS,
            options=LIMITS + VANISHED + ISOLATION,
            connect_timeout=CONNECT_SECONDS,
            application_name="houvast",
            **KEEPALIVE,
        )
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
            with self.proxy.atomic(SERIALIZED if serialized else None):
                yield
        except (peewee.OperationalError, peewee.InterfaceError):
            self._drop_if_broken()
            raise

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """See Engine. The lock is that of the session, so it holds over the transactions of the migrations."""
        with watchdog.may_take(MAINTENANCE_SECONDS), self.proxy.connection_context():
            connection = self.proxy.connection()
            self.proxy.execute_sql(f"SELECT pg_advisory_lock({WRITE_LOCK})")
            self.proxy.execute_sql("SET statement_timeout = 0")
            connection.answer_seconds = MAINTENANCE_SECONDS
            try:
                yield
            finally:
                connection.answer_seconds = ANSWER_SECONDS
                self.proxy.execute_sql("RESET statement_timeout")
                self.proxy.execute_sql(f"SELECT pg_advisory_unlock({WRITE_LOCK})")

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

    def refresh_statistics(self) -> None:
        """See Engine. The server does so by itself, but not at once after a restore or a move."""
        for (table,) in self.proxy.execute_sql(_OUR_TABLES).fetchall():
            self.proxy.execute_sql(f"ANALYZE {table}")

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
        try:
            self.proxy.execute_sql(f"LISTEN {_CHANNEL}")
            return [notify.payload for notify in self.proxy.connection().notifies(timeout=seconds, stop_after=1)]
        except Exception:
            self.proxy.manual_close()  # whatever state it is in: the next time has a new one
            raise

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


_CHANNEL = "houvast"
_READS_OLDER = (
    "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND age(backend_xmin) > age(pg_current_xact_id()::xid))"
)
_OUR_TABLES = "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1"
