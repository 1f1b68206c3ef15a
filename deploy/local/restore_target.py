"""Where stores are put: loaded beside those of now, then swapped with them. Every step can be repeated."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import psycopg
from psycopg import sql

from deploy.local import progress
from deploy.local.files import sync
from deploy.local.installation import NAMES, Installation
from deploy.local.processes import inform
from deploy.local.progress import DatabaseState
from deploy.local.servers import Connection, database_of, make_databases, reaching
from deploy.local.table_copy import StoreProblem, check_fits, compare, count_rows, fill_database, open_readonly
from shared.cli import Application

# A connection that was closed is still listed until the server has let its process end.
LEAVING_SECONDS = 5.0
_BEGUN = "restore"
_LONGEST_NAME = 63


class Files:
    """SQLite files in the folder of the installation: a staged store is loaded already."""

    def __init__(self, installation: Installation) -> None:
        self._installation = installation

    def check(self, names: Sequence[str], stamp: str) -> None:
        """Raise StoreProblem when these stores cannot be swapped now; files always can."""

    def has(self, name: str) -> bool:
        """Tell whether there is a store of this service now."""
        return self._installation.store_of(name).exists()

    def load(self, application: Application, staged: Path) -> None:
        """Put a staged store beside the one of now; a file lies there already."""

    def swap(self, name: str, stamp: str) -> None:
        """Put the store of now aside, and what was loaded in its place; do nothing when that was done."""
        staged, store = self._installation.staging / f"{name}.sqlite3", self._installation.store_of(name)
        if not staged.exists():
            return
        sync(staged)
        aside = Path(self.aside(stamp))
        for folder in (aside, store.parent):
            folder.mkdir(mode=0o700, exist_ok=True)
        # The log goes first: beside a store that it does not belong to it would be taken for its own.
        for suffix in ("-wal", "-shm", ""):
            present = store.with_name(store.name + suffix)
            if present.exists():
                present.rename(aside / present.name)
        staged.rename(store)
        sync(aside)
        sync(store.parent)

    def tidy(self) -> None:
        """Throw away what was loaded and is not used."""

    def aside(self, stamp: str) -> str:
        """Say where the stores of before are after swapping, for people."""
        return str(self._installation.data / f"stores.before-{stamp}")


class Databases:
    """PostgreSQL databases, swapped by their names; what its methods do is said at Files."""

    def __init__(self, beginning: str) -> None:
        self._beginning = beginning

    def _databases_in_use(self, databases: Sequence[str]) -> list[str]:
        """Return those that somebody is connected to, also after some patience with who just left."""
        until = time.monotonic() + LEAVING_SECONDS
        while True:
            with reaching(self._beginning) as connection:
                rows = connection.execute(
                    "SELECT DISTINCT datname FROM pg_stat_activity"
                    " WHERE datname = ANY(%s) AND backend_type = 'client backend' ORDER BY 1",
                    (list(databases),),
                ).fetchall()
            if not rows or time.monotonic() >= until:
                return [row[0] for row in rows]
            time.sleep(0.1)

    def check(self, names: Sequence[str], stamp: str) -> None:
        databases = [database_of(self._beginning, name)[1] for name in names]
        if any(len(_old(name, stamp)) > _LONGEST_NAME for name in databases):
            raise StoreProblem("De namen van de databases zijn te lang om er een opzij te zetten.")
        busy = self._databases_in_use(databases)
        if busy:
            raise StoreProblem(f"Iemand werkt nog met {', '.join(busy)}. Sluit dat eerst.")
        states = progress.database_states(self._beginning, [_new(name) for name in names], _BEGUN)
        taken = sorted(
            database_of(self._beginning, name)[1] for name in states if states[name] is DatabaseState.TAKEN
        )
        if taken:
            raise StoreProblem(f"Er is al een database {', '.join(taken)}, en die is niet van ons.")

    def has(self, name: str) -> bool:
        return progress.database_states(self._beginning, [name], None)[name] is DatabaseState.TAKEN

    def load(self, application: Application, staged: Path) -> None:
        with closing(open_readonly(staged, is_alone=True)) as store:
            check_fits(store, application.name)
        make_databases(self._beginning, [_new(application.name)], anew=True)
        url, _ = database_of(self._beginning, _new(application.name))
        progress.mark_unfinished(url, _BEGUN)
        load_database(application, staged, url)

    def swap(self, name: str, stamp: str) -> None:
        url, loaded = database_of(self._beginning, _new(name))
        database = database_of(self._beginning, name)[1]
        with reaching(self._beginning) as connection:
            present = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
            if loaded not in present:
                return
            progress.mark_finished(url)
            if database in present:
                _rename(connection, database, _old(database, stamp))
            _rename(connection, loaded, database)

    def tidy(self) -> None:
        states = progress.database_states(self._beginning, [_new(name) for name in NAMES], _BEGUN)
        with reaching(self._beginning) as connection:
            for name in (name for name in states if states[name] is DatabaseState.OURS):
                loaded = sql.Identifier(database_of(self._beginning, name)[1])
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(loaded))

    def aside(self, stamp: str) -> str:
        return f"databases die eindigen op {_old('', stamp)}"


RestoreTarget = Files | Databases


def restore_target(installation: Installation) -> RestoreTarget:
    """Return what the stores of this installation stand on."""
    database = installation.servers.database
    return Files(installation) if database is None else Databases(database)


def load_database(application: Application, store_path: Path, url: str) -> None:
    """Make the tables of a service in an empty database, and copy every row of a store of today's version into it.

    Raises StoreProblem when not everything arrived as it was.
    """
    application.service.database.open(url)
    application.migrate()
    application.service.database.close()
    with (
        closing(open_readonly(store_path, is_alone=True)) as store,
        psycopg.connect(url, connect_timeout=10) as database,
    ):
        inform(f"{application.name}: overzetten …")
        fill_database(store, database)
        database.commit()
        different = compare(store, database)
        if different:
            raise StoreProblem(f"Bij {application.name} kwam niet alles gelijk aan: {', '.join(different)}.")
        database.execute("ANALYZE")
        rows = count_rows(store)
        inform(f"{application.name}: {sum(rows.values())} rijen in {len(rows)} tabellen, aan beide kanten gelijk.")


def _new(name: str) -> str:
    return f"{name}_new"


def _old(name: str, stamp: str) -> str:
    return f"{name}_old_{stamp}"


def _rename(connection: Connection, name: str, to: str) -> None:
    connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(name), sql.Identifier(to)))
