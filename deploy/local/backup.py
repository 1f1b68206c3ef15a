"""`./houvast backup`: all stores as they were at one moment, also while the installation runs.

For that moment, some milliseconds, nobody writes: no copy knows of an event that the copy of its publisher
does not. Every copy is a SQLite file, also of a store in PostgreSQL: a backup goes back onto either engine.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click
import peewee
import psycopg

from deploy.local import erasure_log
from deploy.local.expiry import expire
from deploy.local.files import free_name, sync
from deploy.local.installation import APPLICATIONS, NAMES, Installation
from deploy.local.manifest import Manifest, StoreCopy, copy_of, fingerprints_of, key_file, store_file, version
from deploy.local.processes import inform, refuse
from deploy.local.servers import database_of
from deploy.local.snapshot import Snapshot, take_snapshot
from deploy.local.table_copy import ALL_MIGRATIONS, StoreProblem
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


def take_backup(
    installation: Installation,
    to: Path,
    *,
    with_keys: bool,
    dry_run: bool,
    as_json: bool,
    keep_days: int | None = None,
) -> int:
    """Make a folder in `to`, print its name and return the exit code.

    keep_days  remove backups in `to` that are older than so many days afterwards; none when it is not given
    """
    try:
        if dry_run:
            return _show_plan(installation, to, with_keys)
        made = _take(installation, to, with_keys)
    except StoreProblem as problem:
        return refuse(f"{problem} Er is geen reservekopie gemaakt.")
    except (OSError, sqlite3.Error, psycopg.Error, peewee.PeeweeException, StoreUnavailable) as error:
        return refuse(
            f"Het lukte niet ({type(error).__name__}: {_words(error)}). Er is geen reservekopie gemaakt."
        )
    inform(_WITH_KEYS if with_keys else _WITHOUT_KEYS)
    if keep_days is not None:
        expire(to, keep_days)
    click.echo(json.dumps({"backup": str(made)}) if as_json else str(made))
    return 0


def _words(error: BaseException) -> str:
    # What an operating system or SQLite says is about files and disks, never about what is in them.
    return str(error) if isinstance(error, OSError | sqlite3.Error) else "de databaseserver"


def _show_plan(installation: Installation, to: Path, with_keys: bool) -> int:
    size = sum(_size_of(installation, name) for name in NAMES)
    nearest = next(folder for folder in (to, *to.parents) if folder.exists())
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
    for inside in ("stores", *(["keys"] if with_keys else [])):
        (folder / inside).mkdir(mode=0o700)
    services = {}
    made_at = f"{clock.wall():%Y-%m-%dT%H:%M:%S.%fZ}"
    with _at_one_moment(installation) as snapshots:
        for name, snapshot in snapshots.items():
            inform(f"{name}: kopiëren …")
            copy = folder / store_file(name)
            _create_empty(copy)
            snapshot.copy(copy)
            sync(copy)
            services[name] = _describe(installation, name, snapshot, folder)
            log.step("store_copied", of=name)
    keys = {}
    for name in NAMES if with_keys else ():
        _create_empty(folder / key_file(name))
        shutil.copyfile(installation.data / "keys" / f"{name}.json", folder / key_file(name))
        sync(folder / key_file(name))
        keys[name] = copy_of(folder, key_file(name))
    for subfolder in folder.iterdir():
        sync(subfolder)
    Manifest(made_at, version(), services, keys).write(folder)


@contextmanager
def _at_one_moment(installation: Installation) -> Iterator[dict[str, Snapshot]]:
    with ExitStack() as opened:
        snapshots: dict[str, Snapshot] = {}
        with ExitStack() as locked:
            for application in APPLICATIONS:
                locked.enter_context(application.service.database.lock())
            for application in APPLICATIONS:
                snapshot = snapshots[application.name] = take_snapshot(installation, application)
                opened.callback(snapshot.close)
        yield snapshots


def _describe(installation: Installation, name: str, snapshot: Snapshot, folder: Path) -> StoreCopy:
    ((epoch, seq),) = snapshot.ask(HEAD)
    copy = copy_of(folder, store_file(name))
    positions = snapshot.ask("SELECT source, epoch, seq FROM inbox_position ORDER BY source")
    return StoreCopy(
        copy.file,
        copy.bytes,
        copy.sha256,
        epoch=epoch,
        seq=seq,
        positions={source: [source_epoch, number] for source, source_epoch, number in positions},
        migrations=sorted(row[0] for row in snapshot.ask(ALL_MIGRATIONS)),
        keys=fingerprints_of(Keyring.load(installation.data / "keys" / f"{name}.json")),
    )


def _create_empty(path: Path) -> None:
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
