"""Where stores are put back: made ready beside those of now, then exchanged. Every step can be repeated."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

import psycopg
from psycopg import sql

from deploy.local import dumps, progress
from deploy.local.files import sync
from deploy.local.installation import NAMES, Installation
from deploy.local.manifest import BadBackup
from deploy.local.progress import DatabaseState
from deploy.local.servers import database_of, make_databases, reaching
from deploy.local.table_copy import open_readonly

_BEGUN = "restore"
_LONGEST_NAME = 63


class RestoreTarget(Protocol):
    """What the stores of an installation stand on."""

    def check(self, names: Sequence[str], stamp: str) -> None:
        """Raises BadBackup when these stores cannot be exchanged now."""

    def has(self, name: str) -> bool:
        """Whether there is a store of this service now."""

    def make_ready(self, name: str, copied: Path) -> Path | str:
        """Unpack a copy beside the store of now; gives where it is. Whatever was begun there before goes."""

    def swap(self, name: str, stamp: str) -> None:
        """Put the store of now aside, and what was made ready in its place; nothing when that was done."""

    def tidy(self) -> None:
        """Throw away what was made ready and is not used."""

    def aside(self, stamp: str) -> str:
        """Where the stores of before are then, for people."""

    def epochs(self) -> Iterator[tuple[str, int]]:
        """(service, an epoch that its log had), as far as the stores of now can be read."""


class Files:
    """SQLite files in the folder of the installation."""

    def __init__(self, installation: Installation) -> None:
        self._stores, self._ready = installation.stores, installation.data / "stores.restoring"

    def check(self, names: Sequence[str], stamp: str) -> None:
        """See Ground: files can always be exchanged."""

    def has(self, name: str) -> bool:
        """See Ground."""
        return (self._stores / f"{name}.sqlite3").exists()

    def make_ready(self, name: str, copied: Path) -> Path | str:
        """See Ground."""
        self._ready.mkdir(mode=0o700, exist_ok=True)
        for left in self._ready.glob(f"{name}.sqlite3*"):
            left.unlink()
        ready = self._ready / f"{name}.sqlite3"
        shutil.copyfile(copied, ready)
        ready.chmod(0o600)
        return ready

    def swap(self, name: str, stamp: str) -> None:
        """See Ground."""
        ready = self._ready / f"{name}.sqlite3"
        if not ready.exists():
            return
        sync(ready)
        aside = Path(self.aside(stamp))
        for folder in (aside, self._stores):
            folder.mkdir(mode=0o700, exist_ok=True)
        # The log goes first: beside a store that it does not belong to it would be taken for its own.
        for suffix in ("-wal", "-shm", ""):
            present = self._stores / f"{name}.sqlite3{suffix}"
            if present.exists():
                present.rename(aside / present.name)
        ready.rename(self._stores / ready.name)
        sync(aside)
        sync(self._stores)

    def tidy(self) -> None:
        """See Ground."""
        shutil.rmtree(self._ready, ignore_errors=True)

    def aside(self, stamp: str) -> str:
        """See Ground."""
        return str(self._stores.with_name(f"stores.before-{stamp}"))

    def epochs(self) -> Iterator[tuple[str, int]]:
        """See Ground."""
        for name in NAMES:
            try:
                with closing(open_readonly(self._stores / f"{name}.sqlite3", is_alone=True)) as store:
                    found = [store.execute(asked).fetchall() for asked in _asked(name)]
            except sqlite3.Error:
                continue
            yield from (one for rows in found for one in rows)


class Databases:
    """PostgreSQL databases, exchanged by their names."""

    def __init__(self, beginning: str) -> None:
        self._beginning = beginning

    def check(self, names: Sequence[str], stamp: str) -> None:
        """See Ground."""
        dumps.check_present()
        databases = [database_of(self._beginning, name)[1] for name in names]
        if any(len(_old(name, stamp)) > _LONGEST_NAME for name in databases):
            raise BadBackup("De namen van de databases zijn te lang om er een opzij te zetten.")
        with reaching(self._beginning) as connection:
            busy = connection.execute(
                "SELECT DISTINCT datname FROM pg_stat_activity"
                " WHERE datname = ANY(%s) AND backend_type = 'client backend' ORDER BY 1",
                (databases,),
            ).fetchall()
        if busy:
            raise BadBackup(f"Iemand werkt nog met {', '.join(row[0] for row in busy)}. Sluit dat eerst.")
        states = progress.database_states(self._beginning, [_new(name) for name in names], _BEGUN)
        taken = sorted(
            database_of(self._beginning, name)[1] for name in states if states[name] is DatabaseState.TAKEN
        )
        if taken:
            raise BadBackup(f"Er is al een database {', '.join(taken)}, en die is niet van ons.")

    def has(self, name: str) -> bool:
        """See Ground."""
        return progress.database_states(self._beginning, [name], None)[name] is DatabaseState.TAKEN

    def make_ready(self, name: str, copied: Path) -> Path | str:
        """See Ground."""
        make_databases(self._beginning, [_new(name)], anew=True)
        url, _ = database_of(self._beginning, _new(name))
        progress.mark_unfinished(url, _BEGUN)
        dumps.load(url, copied)
        with psycopg.connect(url, connect_timeout=10) as connection:
            connection.execute("ANALYZE")
        return url

    def swap(self, name: str, stamp: str) -> None:
        """See Ground."""
        url, ready = database_of(self._beginning, _new(name))
        database = database_of(self._beginning, name)[1]
        with reaching(self._beginning) as connection:
            there = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
            if ready not in there:
                return
            progress.mark_finished(url)
            if database in there:
                _rename(connection, database, _old(database, stamp))
            _rename(connection, ready, database)

    def tidy(self) -> None:
        """See Ground."""
        states = progress.database_states(self._beginning, [_new(name) for name in NAMES], _BEGUN)
        with reaching(self._beginning) as connection:
            for name in (name for name in states if states[name] is DatabaseState.OURS):
                ready = sql.Identifier(database_of(self._beginning, name)[1])
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(ready))

    def aside(self, stamp: str) -> str:
        """See Ground."""
        return f"databases die eindigen op {_old('', stamp)}"

    def epochs(self) -> Iterator[tuple[str, int]]:
        """See Ground."""
        for name in NAMES:
            try:
                with psycopg.connect(database_of(self._beginning, name)[0], connect_timeout=10) as store:
                    found: list[Any] = [store.execute(asked.encode()).fetchall() for asked in _asked(name)]
            except psycopg.Error:
                continue
            yield from (one for rows in found for one in rows)


def restore_target(installation: Installation) -> RestoreTarget:
    """What the stores of this installation stand on."""
    return (
        Files(installation) if installation.servers.database is None else Databases(installation.servers.database)
    )


def _asked(name: str) -> tuple[str, ...]:
    return (
        f"SELECT '{name}', epoch FROM outbox_head",  # noqa: S608
        "SELECT source, epoch FROM inbox_position",
        "SELECT source, head_epoch FROM inbox_position",
    )


def _new(name: str) -> str:
    return f"{name}_new"


def _old(name: str, stamp: str) -> str:
    return f"{name}_old_{stamp}"


def _rename(connection: psycopg.Connection[Any], name: str, to: str) -> None:
    connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(name), sql.Identifier(to)))
