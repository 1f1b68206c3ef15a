"""`./houvast restore`: stores of a backup in place of those of now, which are put aside and never thrown away.

First everything is made ready in a folder beside what is there, and loaded onto what the installation stands on;
until then nothing has changed. Then a note in the folder says what is being swapped, so that whoever is killed
halfway leaves an installation that does not start until it is finished.
A store that was put back has a new epoch: its consumers read its log again, and what it publishes now decides.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import click
import peewee
import psycopg
from playhouse.migrations import Migration

from deploy.local import erasure_log, progress
from deploy.local.files import write_whole
from deploy.local.installation import APPLICATIONS, NAMES, Installation, claim
from deploy.local.manifest import Manifest, fingerprints_of, key_file, read_checked
from deploy.local.processes import inform, refuse
from deploy.local.progress import Swap
from deploy.local.queues import empty_queues
from deploy.local.restore_target import RestoreTarget, restore_target
from deploy.local.servers import agree_on, remember, remembered
from deploy.local.snapshot import take_snapshot
from deploy.local.table_copy import StoreProblem
from deploy.local.unknown_events import list_unknown_events
from services.intake.commands.erasure_log import Entry
from shared import clock, log
from shared.cli import Application
from shared.security.encryption import Keyring
from shared.settings import SettingsError
from shared.storage import StoreUnavailable

_UNCHANGED = "Er is niets veranderd."
_FAILURES = (psycopg.Error, peewee.PeeweeException, StoreUnavailable, sqlite3.Error, OSError)
_KNOWN_EPOCHS = (
    "SELECT source, epoch FROM inbox_position",
    "SELECT source, head_epoch FROM inbox_position",
)


@dataclass(frozen=True)
class RestoreRequest:
    """What is asked: the folder of the installation, that of the backup, and one service or all of them.

    database, broker  the servers for an installation that is not there yet
    """

    data: Path
    folder: Path
    service: str | None
    database: str | None
    broker: str | None
    dry_run: bool
    yes: bool


@dataclass(frozen=True)
class RestorePlan:
    """What is put back: of which backup, which services, and where to; what goes aside is named by `stamp`."""

    installation: Installation
    folder: Path
    manifest: Manifest
    applications: tuple[Application, ...]
    stamp: str

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the services."""
        return tuple(application.name for application in self.applications)

    @property
    def target(self) -> RestoreTarget:
        """Where it is put back."""
        return restore_target(self.installation)


def restore_installation(request: RestoreRequest) -> int:
    """Put back what a backup holds; return the exit code. Raises AlreadyRunning."""
    if request.dry_run and not request.data.exists():
        return _restore(request)
    with claim(request.data):
        return _restore(request)


def _restore(request: RestoreRequest) -> int:
    is_halfway = progress.unfinished_swap(request.data) is not None
    try:
        if request.yes and not request.dry_run and _finish_earlier(request.data) == str(request.folder):
            return 0
        is_halfway = False
        plan = _make_plan(request)
        _check(plan)
        _show_plan(plan)
        if request.dry_run:
            inform(f"Dit kan. {_UNCHANGED}")
            return 0
        if not request.yes:
            inform(f"{_UNCHANGED} Weet je het zeker? Geef dan dezelfde opdracht met --yes.")
            return 2
        _make_ready(plan)
        is_halfway = True
        swap = Swap(str(request.folder), plan.manifest.made_at, plan.names, plan.stamp, plan.installation.servers)
        _swap(request.data, swap)
    except (StoreProblem, SettingsError, *_FAILURES) as error:
        is_sentence = isinstance(error, StoreProblem | SettingsError)
        problem = str(error) if is_sentence else f"Het lukte niet ({type(error).__name__})."
        return refuse(f"{problem} {_halfway(request.folder) if is_halfway else _UNCHANGED}")
    _finish(request.data, swap)
    return 0


def _halfway(folder: Path) -> str:
    return f"Het bleef halverwege steken. Maak het af met ./houvast restore --from {folder} --yes."


def _make_plan(request: RestoreRequest) -> RestorePlan:
    progress.check_whole(request.data)
    manifest, service = read_checked(request.folder), request.service
    servers = agree_on(request.data, request.database, request.broker)
    chosen = [app for app in APPLICATIONS if app.name in manifest.services and service in (None, app.name)]
    if not chosen:
        raise StoreProblem(f"In deze reservekopie zit {service or 'niets'} niet.")
    installation = Installation.stopped(request.data, servers)
    return RestorePlan(installation, request.folder, manifest, tuple(chosen), f"{clock.wall():%Y%m%d%H%M%S}")


def _check(plan: RestorePlan) -> None:
    for application in plan.applications:
        known = {migration.name for migration in Migration.load_directory(str(application.folder / "migrations"))}
        if not set(plan.manifest.services[application.name].migrations) <= known:
            raise StoreProblem(f"De opslag van {application.name} is van een nieuwere versie van Houvast.")
    missing = [name for name in NAMES if name not in plan.names and not plan.target.has(name)]
    if missing:
        raise StoreProblem(f"Hier is geen opslag van {', '.join(missing)}. Zet alles terug, zonder --service.")
    _check_keys(plan)
    plan.target.check(plan.names, plan.stamp)
    needed, data = sum(plan.manifest.services[name].bytes for name in plan.names), plan.installation.data
    nearest = next(folder for folder in (data, *data.parents) if folder.exists())
    if shutil.disk_usage(nearest).free < needed:
        raise StoreProblem("Er is niet genoeg ruimte op de schijf.")


def _check_keys(plan: RestorePlan) -> None:
    keys, missing = plan.installation.data / "keys", _missing_keys(plan)
    if not set(missing) <= set(plan.manifest.key_files):
        raise StoreProblem(
            f"In {keys} staan niet alle sleutels, en in de reservekopie ook niet. Zet ze daar eerst terug."
        )
    for name, copy in plan.manifest.services.items():
        if (
            name not in missing
            and not copy.keys.items() <= fingerprints_of(Keyring.load(keys / f"{name}.json")).items()
        ):
            raise StoreProblem(
                f"De sleutels van {name} hier zijn niet die van de reservekopie: niets zou te lezen zijn."
            )


def _missing_keys(plan: RestorePlan) -> list[str]:
    return [name for name in NAMES if not (plan.installation.data / "keys" / f"{name}.json").exists()]


def _show_plan(plan: RestorePlan) -> None:
    made = plan.manifest
    inform(f"Reservekopie {plan.folder.name} van {made.made_at}, gemaakt met Houvast {made.version}.")
    for name in plan.names:
        inform(f"{name}: terug naar gebeurtenis {plan.manifest.services[name].seq}.")
    if len(plan.names) < len(NAMES):
        inform("De andere diensten blijven zoals ze zijn, en weten straks meer dan deze.")
    erased = erasure_log.entries_of(plan.installation, plan.folder)
    if erased:
        inform(f"Wie vergeten wilde worden, wordt meteen opnieuw vergeten: {len(erased)}.")
    if not (plan.installation.data / "keys").is_dir():
        inform(f"In {plan.installation.data} staat nog geen Houvast: dit wordt een nieuwe installatie.")
    elif any(plan.target.has(name) for name in plan.names):
        inform(f"Wat er nu staat gaat opzij: {plan.target.aside(plan.stamp)}.")


def _make_ready(plan: RestorePlan) -> None:
    _put_keys(plan)
    erased = erasure_log.entries_of(plan.installation, plan.folder)
    erasure_log.add_missing(plan.installation.erasure_log, erased)
    clock.follow(plan.installation.clock_file)
    seen = [*_epochs_of_stores(plan.installation), *_epochs_of(plan.manifest)]
    try:
        for application in plan.applications:
            inform(f"{application.name}: klaarzetten …")
            # Also higher than the epochs of earlier restores of which nothing here tells any more.
            above = max(
                [int(clock.wall().timestamp()), *(epoch for name, epoch in seen if name == application.name)]
            )
            staged = _stage(plan, application, erased, above)
            plan.target.load(application, staged)
            log.step("store_made_ready", of=application.name)
    except BaseException:
        _tidy(plan.installation)
        raise


def _stage(plan: RestorePlan, application: Application, erased: list[Entry], above: int) -> Path:
    """Copy one store out of the backup and bring it up to date, with an epoch higher than `above`."""
    staging = plan.installation.staging
    staging.mkdir(mode=0o700, exist_ok=True)
    for left in staging.glob(f"{application.name}.sqlite3*"):
        left.unlink()
    staged = staging / f"{application.name}.sqlite3"
    shutil.copyfile(plan.folder / plan.manifest.services[application.name].file, staged)
    staged.chmod(0o600)
    application.service.database.open(staged)
    application.migrate()
    if erased:
        erasure_log.erase_again(application, erased)
        log.step("erasures_repeated", of=application.name)
    application.service.outbox.raise_epoch(above)
    application.service.database.close()
    return staged


def _tidy(installation: Installation) -> None:
    shutil.rmtree(installation.staging, ignore_errors=True)
    restore_target(installation).tidy()


def _epochs_of_stores(installation: Installation) -> Iterator[tuple[str, int]]:
    """Give (service, an epoch that its log had), as far as the stores of now can be read."""
    for application in APPLICATIONS:
        try:
            with closing(take_snapshot(installation, application, is_alone=True)) as snapshot:
                own = [(application.name, epoch) for (epoch,) in snapshot.ask("SELECT epoch FROM outbox_head")]
                others = [row for statement in _KNOWN_EPOCHS for row in snapshot.ask(statement)]
        except (sqlite3.Error, psycopg.Error):
            continue
        yield from own + others


def _epochs_of(manifest: Manifest) -> Iterator[tuple[str, int]]:
    for name, copy in manifest.services.items():
        yield name, copy.epoch
        yield from ((source, epoch) for source, (epoch, _) in copy.positions.items())


def _put_keys(plan: RestorePlan) -> None:
    keys, missing = plan.installation.data / "keys", _missing_keys(plan)
    keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in missing:
        write_whole(keys / f"{name}.json", (plan.folder / key_file(name)).read_text(encoding="utf-8"))


def _swap(data: Path, swap: Swap) -> None:
    # Safe to repeat, until nothing is left to swap.
    progress.begin_swap(data, swap)
    log.step("restore_noted")
    servers, installation = swap.servers, Installation.stopped(data, swap.servers)
    target = restore_target(installation)
    for name in swap.names:
        target.swap(name, swap.stamp)
        log.step("store_swapped", of=name)
    if servers != remembered(data):
        remember(data, servers)
    if servers.broker is not None and not empty_queues(servers.broker, servers.prefix):
        inform("De broker laat ons niet binnen. Wat daar nog onderweg was, kan straks alsnog aankomen.")
    progress.end_swap(data)
    _tidy(installation)


def _finish_earlier(data: Path) -> str | None:
    """Finish a swap that was broken off, and return the folder of its backup; None when there was none."""
    swap = progress.unfinished_swap(data)
    if swap is None:
        return None
    inform("Eerst wordt het terugzetten afgemaakt dat bleef steken.")
    _swap(data, swap)
    _finish(data, swap)
    return swap.source


def _finish(data: Path, swap: Swap) -> None:
    Installation.stopped(data, swap.servers).prepare()
    inform(
        "Teruggezet. Start Houvast: de diensten lezen elkaars gebeurtenissen opnieuw, en wat al verwerkt was telt"
        " één keer."
    )
    unknown = list_unknown_events([app for app in APPLICATIONS if app.name in swap.names], swap.made_at)
    if unknown:
        inform(f"Gebeurtenissen die later verwerkt zijn en die bij de afzender niet meer bestaan: {len(unknown)}.")
    for event in unknown:
        click.echo(f"{event.consumer:<15} verwerkte van {event.source}: {event.type} over {event.subject}")
