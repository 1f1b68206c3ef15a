"""`./houvast move`: from SQLite files to a PostgreSQL server, everything or nothing.

What was moved counts from the moment that the folder remembers its new servers. Until then the installation is as
it was, and what stands half filled on the server carries the mark of this folder.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import click
import peewee
import psycopg
from playhouse.migrations import Migration

from deploy.local import progress, table_copy
from deploy.local.installation import APPLICATIONS, NAMES, AlreadyRunning, Installation, claim
from deploy.local.processes import inform, refuse
from deploy.local.progress import DatabaseState
from deploy.local.servers import Servers, accepts_login, database_of, make_databases, remember
from shared import log
from shared.cli import Application
from shared.storage import StoreUnavailable

_AS_IT_WAS = "De opslag in de map is zoals zij was."


class CannotMove(Exception):
    """Why not, as a sentence; nothing was moved."""


@dataclass(frozen=True)
class Plan:
    """Where to, and what is in the databases there now."""

    servers: Servers
    states: dict[str, DatabaseState]


def move_installation(installation: Installation, database: str, broker: str | None, dry_run: bool) -> int:
    """Carry it all over; gives the exit code."""
    try:
        claimed = claim(installation.data)
    except AlreadyRunning:
        return refuse(f"Houvast draait met de map {installation.data}. Stop het eerst.")
    servers = replace(installation.servers, database=database, broker=broker or installation.servers.broker)
    with claimed:
        try:
            plan = _make_plan(installation, servers)
            if dry_run:
                return _show_plan(installation, plan)
            _fill(installation, plan)
            remember(installation.data, servers)
        except CannotMove as why:
            return refuse(f"{why} Er is niets verhuisd. {_AS_IT_WAS}")
        except KeyboardInterrupt:
            return refuse(f"Afgebroken. Er is niets verhuisd. {_AS_IT_WAS}")
        except (psycopg.Error, peewee.PeeweeException, StoreUnavailable, sqlite3.Error, OSError) as error:
            return refuse(f"Het verhuizen brak af ({_told(error)}). Er is niets verhuisd. {_AS_IT_WAS}")
        return _finish(replace(installation, servers=servers))


def _told(error: BaseException) -> str:
    """The kind of an error and its code, never its values."""
    state = getattr(error, "sqlstate", None) or getattr(error.__cause__, "sqlstate", None)
    return f"{type(error).__name__} {state}" if state else type(error).__name__


def _make_plan(installation: Installation, servers: Servers) -> Plan:
    """Look whether it can be done, and change nothing."""
    progress.check_whole(installation.data)
    if installation.servers.database is not None:
        raise CannotMove("Deze map staat al op een databaseserver.")
    for application in APPLICATIONS:
        _check_store(installation, application)
    assert servers.database is not None
    states = progress.database_states(servers.database, NAMES, progress.begun_move(installation.data))
    taken = [database_of(servers.database, name)[1] for name in NAMES if states[name] is DatabaseState.TAKEN]
    if taken:
        raise CannotMove(
            f"Daar staat al iets: {', '.join(taken)}. Dat blijft zo. Kies een ander begin van de namen."
        )
    if servers.broker is not None and not _lets_in(servers.broker):
        raise CannotMove("De broker laat ons niet binnen. Kijk of hij draait, en of het adres klopt.")
    return Plan(servers, states)


def _check_store(installation: Installation, application: Application) -> None:
    path = installation.stores / f"{application.name}.sqlite3"
    if not path.exists():
        raise CannotMove(f"De opslag van {application.name} is er niet: {path}.")
    with closing(table_copy.open_readonly(path, is_alone=True)) as store:
        applied = {row[0] for row in store.execute(table_copy.ALL_MIGRATIONS)}
        if applied != {one.name for one in Migration.load_directory(str(application.folder / "migrations"))}:
            raise CannotMove(
                f"De opslag van {application.name} is van een andere versie. Doe eerst ./houvast migrate."
            )
        unknown = table_copy.unknown_tables(store, application.name)
        if unknown:
            raise CannotMove(
                f"In de opslag van {application.name} staan tabellen die ik niet ken: {', '.join(unknown)}."
            )
        misfits = table_copy.misfits(store, application.name)
        if misfits:
            raise CannotMove(
                f"PostgreSQL kan dit van {application.name} niet bewaren, omdat het te lang of te groot is of een"
                f" NUL-teken heeft (tabel.kolom: aantal): {', '.join(misfits)}."
            )


def _lets_in(broker: str) -> bool:
    try:
        return urlsplit(broker).scheme in ("amqp", "amqps") and accepts_login(broker)
    except ValueError:
        return False


def _show_plan(installation: Installation, plan: Plan) -> int:
    for application in APPLICATIONS:
        with closing(
            table_copy.open_readonly(installation.stores / f"{application.name}.sqlite3", is_alone=True)
        ) as store:
            tallies = table_copy.tallies_of_store(store, application.name)
        assert plan.servers.database is not None
        to = {
            DatabaseState.MISSING: "die wordt gemaakt", DatabaseState.EMPTY: "die is leeg",
            DatabaseState.OURS: "een eerdere verhuizing bleef daar steken; die begint opnieuw",
        }[plan.states[application.name]]  # fmt: skip
        rows = sum(tally.rows for tally in tallies.values())
        database = database_of(plan.servers.database, application.name)[1]
        click.echo(f"{application.name}: {rows} rijen in {len(tallies)} tabellen, naar {database} ({to})")
    inform("Dit kan. Er is niets veranderd.")
    return 0


def _fill(installation: Installation, plan: Plan) -> None:
    beginning = plan.servers.database
    assert beginning is not None
    begun = progress.begin_move(installation.data)
    log.step("move_begun")
    ours = [name for name in NAMES if plan.states[name] is DatabaseState.OURS]
    make_databases(beginning, ours, anew=True)
    make_databases(beginning, NAMES)
    for name in NAMES:
        progress.mark_unfinished(database_of(beginning, name)[0], begun)
    log.step("move_marked")
    for application in APPLICATIONS:
        _fill_one(installation, application, database_of(beginning, application.name)[0])
        log.step("service_moved", of=application.name)
    log.step("move_verified")


def _fill_one(installation: Installation, application: Application, url: str) -> None:
    application.service.database.open(url)
    application.migrate()
    application.service.database.close()
    with (
        closing(
            table_copy.open_readonly(installation.stores / f"{application.name}.sqlite3", is_alone=True)
        ) as store,
        psycopg.connect(url, connect_timeout=10) as target,
    ):
        inform(f"{application.name}: overzetten …")
        count = table_copy.copy_rows(store, target, application.name)
        target.commit()
        ours, theirs = (
            table_copy.tallies_of_store(store, application.name),
            table_copy.tallies_of_database(target, application.name),
        )
        different = sorted(name for name in ours if ours[name] != theirs[name])
        if different:
            raise CannotMove(f"Bij {application.name} kwam niet alles gelijk aan: {', '.join(different)}.")
        target.execute("ANALYZE")
        inform(f"{application.name}: {count} rijen in {len(ours)} tabellen, aan beide kanten gelijk.")


def _finish(installation: Installation) -> int:
    """It counts; what follows is tidying, which every start does too."""
    log.step("move_remembered")
    installation.prepare()
    inform("Verhuisd. De oude opslag staat in stores.moved en wordt niet meer gebruikt.")
    inform("Start Houvast en kijk met ./houvast doctor of alles klopt. Gooi stores.moved daarna pas weg.")
    return 0
