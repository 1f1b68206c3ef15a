"""`./houvast move`: from SQLite files to a PostgreSQL server, everything or nothing.

The file of a stopped store is what a backup of it holds, so it is loaded as a restore loads a backup. It counts
from the moment that the folder remembers its new servers. Until then the installation is as it was, and what
stands half filled on the server is marked as unfinished by this folder.
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

from deploy.local import progress
from deploy.local.installation import APPLICATIONS, NAMES, Installation, claim
from deploy.local.processes import inform, refuse
from deploy.local.progress import DatabaseState
from deploy.local.restore_target import load_database
from deploy.local.servers import Servers, accepts_login, database_of, make_databases, remember
from deploy.local.table_copy import ALL_MIGRATIONS, StoreProblem, check_fits, count_rows, open_readonly
from shared import log
from shared.cli import Application
from shared.storage import StoreUnavailable

_AS_IT_WAS = "De opslag in de map is zoals zij was."


@dataclass(frozen=True)
class MovePlan:
    """Where to, and what is in the databases there now."""

    servers: Servers
    database: str
    states: dict[str, DatabaseState]


def move_installation(installation: Installation, database: str, broker: str | None, dry_run: bool) -> int:
    """Move all stores to a database server, and the events to a broker when one is named; return the exit code.

    Raises AlreadyRunning.
    """
    servers = replace(installation.servers, database=database, broker=broker or installation.servers.broker)
    with claim(installation.data):
        try:
            plan = _make_plan(installation, servers, database)
            if dry_run:
                return _show_plan(installation, plan)
            _load(installation, plan)
            remember(installation.data, servers)
        except StoreProblem as problem:
            return refuse(f"{problem} Er is niets verhuisd. {_AS_IT_WAS}")
        except KeyboardInterrupt:
            return refuse(f"Afgebroken. Er is niets verhuisd. {_AS_IT_WAS}")
        except (psycopg.Error, peewee.PeeweeException, StoreUnavailable, sqlite3.Error, OSError) as error:
            return refuse(f"Het verhuizen brak af ({_describe(error)}). Er is niets verhuisd. {_AS_IT_WAS}")
        return _finish(replace(installation, servers=servers))


def _describe(error: BaseException) -> str:
    # The kind of an error and its code, never its values.
    state = getattr(error, "sqlstate", None) or getattr(error.__cause__, "sqlstate", None)
    return f"{type(error).__name__} {state}" if state else type(error).__name__


def _make_plan(installation: Installation, servers: Servers, database: str) -> MovePlan:
    """Check whether it can be done, and change nothing."""
    progress.check_whole(installation.data)
    if installation.servers.database is not None:
        raise StoreProblem("Deze map staat al op een databaseserver.")
    for application in APPLICATIONS:
        _check_store(installation, application)
    states = progress.database_states(database, NAMES, progress.begun_move(installation.data))
    taken = [database_of(database, name)[1] for name in NAMES if states[name] is DatabaseState.TAKEN]
    if taken:
        raise StoreProblem(
            f"Daar staat al iets: {', '.join(taken)}. Dat blijft zo. Kies een ander begin van de namen."
        )
    if servers.broker is not None and not _lets_in(servers.broker):
        raise StoreProblem("De broker laat ons niet binnen. Kijk of hij draait, en of het adres klopt.")
    return MovePlan(servers, database, states)


def _check_store(installation: Installation, application: Application) -> None:
    path = installation.store_of(application.name)
    if not path.exists():
        raise StoreProblem(f"De opslag van {application.name} is er niet: {path}.")
    with closing(open_readonly(path, is_alone=True)) as store:
        applied = {row[0] for row in store.execute(ALL_MIGRATIONS)}
        if applied != {
            migration.name for migration in Migration.load_directory(str(application.folder / "migrations"))
        }:
            raise StoreProblem(
                f"De opslag van {application.name} is van een andere versie. Doe eerst ./houvast migrate."
            )
        check_fits(store, application.name)


def _lets_in(broker: str) -> bool:
    try:
        return urlsplit(broker).scheme in ("amqp", "amqps") and accepts_login(broker)
    except ValueError:
        return False


def _show_plan(installation: Installation, plan: MovePlan) -> int:
    for name in NAMES:
        with closing(open_readonly(installation.store_of(name), is_alone=True)) as store:
            rows = count_rows(store)
        state = {
            DatabaseState.MISSING: "die wordt gemaakt",
            DatabaseState.EMPTY: "die is leeg",
            DatabaseState.OURS: "een eerdere verhuizing bleef daar steken; die begint opnieuw",
        }[plan.states[name]]
        target = database_of(plan.database, name)[1]
        click.echo(f"{name}: {sum(rows.values())} rijen in {len(rows)} tabellen, naar {target} ({state})")
    inform("Dit kan. Er is niets veranderd.")
    return 0


def _load(installation: Installation, plan: MovePlan) -> None:
    begun = progress.begin_move(installation.data)
    log.step("move_begun")
    make_databases(plan.database, [name for name in NAMES if plan.states[name] is DatabaseState.OURS], anew=True)
    make_databases(plan.database, NAMES)
    for name in NAMES:
        progress.mark_unfinished(database_of(plan.database, name)[0], begun)
    log.step("move_marked")
    for application in APPLICATIONS:
        url, _ = database_of(plan.database, application.name)
        load_database(application, installation.store_of(application.name), url)
        log.step("service_moved", of=application.name)
    log.step("move_verified")


def _finish(installation: Installation) -> int:
    # It counts from here on; what follows is tidying, which every start does too.
    log.step("move_remembered")
    installation.prepare()
    inform("Verhuisd. De oude opslag staat in stores.moved en wordt niet meer gebruikt.")
    inform("Start Houvast en kijk met ./houvast doctor of alles klopt. Gooi stores.moved daarna pas weg.")
    return 0
