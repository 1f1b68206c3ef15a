"""One store as it was at one moment, and its copy: a SQLite file, whatever engine the store stands on."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import peewee
import psycopg
from playhouse.migrations import MigrationError, Runner
from psycopg.rows import TupleRow

from deploy.local.installation import Installation
from deploy.local.servers import database_of
from deploy.local.table_copy import ALL_MIGRATIONS, StoreProblem, fill_file, open_readonly
from shared.cli import Application


class SqliteSnapshot:
    """A file as it was when this was made; nobody waits for who reads it."""

    def __init__(self, path: Path, *, is_alone: bool) -> None:
        self._store = open_readonly(path, is_alone=is_alone)

    def ask(self, statement: str) -> list[TupleRow]:
        """Return the rows of a question."""
        return self._store.execute(statement).fetchall()

    def copy(self, to: Path) -> None:
        """Copy all of it into an empty file. Raises StoreProblem when it cannot be copied whole."""
        with closing(sqlite3.connect(to)) as store:
            self._store.backup(store)
            store.execute("PRAGMA journal_mode = DELETE")  # one file, also when somebody looks into it
            answer = store.execute("PRAGMA quick_check").fetchone()
        if answer != ("ok",):
            raise StoreProblem(f"De opslag in {to.name} is beschadigd.")

    def close(self) -> None:
        """Close what it reads from."""
        self._store.close()


class PostgresSnapshot:
    """A database as it was when this was made; `migrations` say which tables its copy gets.

    What its methods do is said at SqliteSnapshot.
    """

    def __init__(self, url: str, migrations: Path) -> None:
        self._migrations = migrations
        self._connection = psycopg.connect(url, connect_timeout=10)
        self._connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        self._connection.read_only = True
        self.ask("SELECT 1")

    def ask(self, statement: str) -> list[TupleRow]:
        return self._connection.execute(statement.encode()).fetchall()

    def copy(self, to: Path) -> None:
        newest = max(row[0] for row in self.ask(ALL_MIGRATIONS))
        empty = peewee.SqliteDatabase(str(to))
        try:
            Runner(empty, str(self._migrations)).up(target=newest)
        except MigrationError:
            raise StoreProblem("De opslag is van een nieuwere versie van Houvast.") from None
        finally:
            empty.close()
        with closing(sqlite3.connect(to)) as store:
            fill_file(self._connection, store)

    def close(self) -> None:
        self._connection.close()


Snapshot = SqliteSnapshot | PostgresSnapshot


def take_snapshot(installation: Installation, application: Application, *, is_alone: bool = False) -> Snapshot:
    """Take a snapshot of one store now. is_alone: nobody else has the store open."""
    if installation.servers.database is None:
        return SqliteSnapshot(installation.store_of(application.name), is_alone=is_alone)
    url, _ = database_of(installation.servers.database, application.name)
    return PostgresSnapshot(url, application.folder / "migrations")
