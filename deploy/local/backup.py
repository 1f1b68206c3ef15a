"""`./houvast backup`: all stores as they were at one moment, also while the installation runs.

For that moment, some milliseconds, nobody writes: no copy knows of an event that the copy of its sender does not.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

import click
import peewee
import psycopg

from deploy.local import dumps, erasure_log
from deploy.local.expiry import expire
from deploy.local.files import free_name, sync
from deploy.local.installation import APPLICATIONS, NAMES, Installation
from deploy.local.manifest import BadBackup, Manifest, StoreCopy, copy_of, key_file, shows_of, store_file, version
from deploy.local.processes import inform, refuse
from deploy.local.servers import database_of
from deploy.local.table_copy import ALL_MIGRATIONS, open_readonly
from shared import clock, log
from shared.messaging.outbox import HEAD
from shared.security.encryption import Keyring
from shared.storage import StoreUnavailable

_WITH_KEYS = (
    "Let op: in deze reservekopie zitten ook de sleutels. Wie haar heeft, kan alles lezen: namen, adressen en"
    " antwoorden. Bewaar haar achter slot."
)
_WITHOUT_KEYS = (
    "De sleutels zitten er niet in: wie alleen deze kopie heeft, kan namen, adressen en antwoorden niet lezen."
    " Bewaar de map keys apart; zonder sleutels is ook voor jou niets meer te lezen."
)


class _Snapshot(Protocol):
    """One store as it was at one moment."""

    def ask(self, statement: str) -> list[Any]:
        """The rows of a question."""

    def copy(self, to: Path) -> None:
        """All of it, into an empty file."""


class _SqliteSnapshot:
    def __init__(self, path: Path) -> None:
        self._store = open_readonly(path, is_alone=False)

    def ask(self, statement: str) -> list[Any]:
        return self._store.execute(statement).fetchall()

    def copy(self, to: Path) -> None:
        with closing(sqlite3.connect(to)) as copied:
            self._store.backup(copied)
            copied.execute("PRAGMA journal_mode = DELETE")  # one file, also when somebody looks into it
            found = copied.execute("PRAGMA quick_check").fetchone()
        if found != ("ok",):
            raise BadBackup(f"De opslag in {to.name} is beschadigd.")

    def close(self) -> None:
        self._store.close()


class _PostgresSnapshot:
    def __init__(self, url: str) -> None:
        self._url = url
        self._connection = psycopg.connect(url, connect_timeout=10)
        self._connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        self._connection.read_only = True
        [(self._name,)] = self.ask("SELECT pg_export_snapshot()")

    def ask(self, statement: str) -> list[Any]:
        return self._connection.execute(statement).fetchall()

    def copy(self, to: Path) -> None:
        dumps.dump(self._url, to, self._name)

    def close(self) -> None:
        self._connection.close()


def take_backup(
    installation: Installation, to: Path, *, with_keys: bool, dry_run: bool, as_json: bool,
    keep_days: int | None = None
) -> int:  # fmt: skip
    """Make a folder in `to` and print its name; gives the exit code.

    keep_days  then remove backups in `to` that are older than so many days; none when it is not given
    """
    try:
        if installation.servers.database is not None:
            dumps.check_present()
        if dry_run:
            return _show_plan(installation, to, with_keys)
        done = _take(installation, to, with_keys)
    except BadBackup as why:
        return refuse(f"{why} Er is geen reservekopie gemaakt.")
    except (OSError, sqlite3.Error, psycopg.Error, peewee.PeeweeException, StoreUnavailable) as error:
        return refuse(
            f"Het lukte niet ({type(error).__name__}: {_words(error)}). Er is geen reservekopie gemaakt."
        )
    inform(_WITH_KEYS if with_keys else _WITHOUT_KEYS)
    if keep_days is not None:
        expire(to, keep_days)
    click.echo(json.dumps({"backup": str(done)}) if as_json else str(done))
    return 0


def _words(error: BaseException) -> str:
    """What an operating system or SQLite says is about files and disks, never about what is in them."""
    return str(error) if isinstance(error, OSError | sqlite3.Error) else "de databaseserver"


def _show_plan(installation: Installation, to: Path, with_keys: bool) -> int:
    size = sum(_size_of(installation, name) for name in NAMES)
    nearest = next(one for one in (to, *to.parents) if one.exists())
    free = shutil.disk_usage(nearest).free
    inform(f"Ongeveer {size // 2**20 + 1} MB van {', '.join(NAMES)}, naar een nieuwe map in {to}.")
    inform(f"Daar is {free // 2**20} MB vrij. Er is niets geschreven.")
    inform(_WITH_KEYS if with_keys else _WITHOUT_KEYS)
    return 0 if free > size else refuse("Dat past niet.")


def _size_of(installation: Installation, name: str) -> int:
    if installation.servers.database is None:
        return sum(path.stat().st_size for path in installation.stores.glob(f"{name}.sqlite3*"))
    with psycopg.connect(database_of(installation.servers.database, name)[0], connect_timeout=10) as connection:
        row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    return 0 if row is None else int(row[0])


def _take(installation: Installation, to: Path, with_keys: bool) -> Path:
    to.mkdir(mode=0o700, parents=True, exist_ok=True)
    final = free_name(to / f"houvast-{clock.wall():%Y-%m-%dT%H%M%SZ}")
    partial = final.with_name(final.name + ".partial")
    partial.mkdir(mode=0o700)
    try:
        _write(installation, partial, with_keys)
        sync(partial)
        partial.rename(final)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    erasure_log.copy_beside(installation, to)
    sync(to)
    return final


def _write(installation: Installation, folder: Path, with_keys: bool) -> None:
    installation.open()
    engine = "sqlite" if installation.servers.database is None else "postgresql"
    for inside in ("stores", *(["keys"] if with_keys else [])):
        (folder / inside).mkdir(mode=0o700)
    services = {}
    made_at = f"{clock.wall():%Y-%m-%dT%H:%M:%S.%fZ}"
    with _at_one_moment(installation) as snapshots:
        for name, snapshot in snapshots.items():
            inform(f"{name}: kopiëren …")
            file = store_file(name, engine)
            _empty(folder / file)
            snapshot.copy(folder / file)
            sync(folder / file)
            services[name] = _described(installation, name, snapshot, folder, file)
            log.step("store_copied", of=name)
    keys = {}
    for name in NAMES if with_keys else ():
        _empty(folder / key_file(name))
        shutil.copyfile(installation.data / "keys" / f"{name}.json", folder / key_file(name))
        sync(folder / key_file(name))
        keys[name] = copy_of(folder, key_file(name))
    for part in folder.iterdir():
        sync(part)
    Manifest(made_at, version(), engine, services, keys).write(folder)


@contextmanager
def _at_one_moment(installation: Installation) -> Iterator[dict[str, _Snapshot]]:
    with ExitStack() as opened:
        snapshots: dict[str, _Snapshot] = {}
        with ExitStack() as quiet:
            for application in APPLICATIONS:
                quiet.enter_context(application.service.database.lock())
            for name in NAMES:
                snapshot = (

                    _SqliteSnapshot(installation.stores / f"{name}.sqlite3")
                    if installation.servers.database is None
                    else _PostgresSnapshot(database_of(installation.servers.database, name)[0])
                )  # fmt: skip
                opened.callback(snapshot.close)
                snapshots[name] = snapshot
        yield snapshots


def _described(installation: Installation, name: str, snapshot: _Snapshot, folder: Path, file: str) -> StoreCopy:
    ((epoch, seq),) = snapshot.ask(HEAD)
    copied = copy_of(folder, file)
    positions = snapshot.ask("SELECT source, epoch, seq FROM inbox_position ORDER BY source")
    return StoreCopy(
        copied.file, copied.bytes, copied.sha256, epoch=epoch, seq=seq,
        positions={source: [at, number] for source, at, number in positions},
        migrations=sorted(row[0] for row in snapshot.ask(ALL_MIGRATIONS)),
        keys=shows_of(Keyring.load(installation.data / "keys" / f"{name}.json")),
    )  # fmt: skip


def _empty(path: Path) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
