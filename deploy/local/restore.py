"""`./houvast restore`: stores of a backup in place of those of now, which are put aside and never thrown away.

First everything is made ready beside what is there; until then nothing has changed. Then a note in the folder says
what is being exchanged, so that whoever is killed halfway leaves an installation that does not start until it
is finished.
A store that was put back has a new epoch: its consumers read its log again, and what it says now decides.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import peewee
import psycopg
from playhouse.migrations import Migration

from deploy.local import erasure_log, progress
from deploy.local.files import write_whole
from deploy.local.installation import APPLICATIONS, NAMES, AlreadyRunning, Installation, claim
from deploy.local.manifest import BadBackup, Manifest, key_file, read_checked, shows_of
from deploy.local.processes import inform, refuse
from deploy.local.progress import Swap
from deploy.local.queues import empty_queues
from deploy.local.restore_target import RestoreTarget, restore_target
from deploy.local.servers import agree_on, remember, remembered
from deploy.local.unknown_events import list_unknown_events
from shared import clock, log
from shared.cli import Application
from shared.security.encryption import Keyring
from shared.settings import SettingsError
from shared.storage import StoreUnavailable

_UNCHANGED = "Er is niets veranderd."
_TROUBLE = (psycopg.Error, peewee.PeeweeException, StoreUnavailable, sqlite3.Error, OSError)


@dataclass(frozen=True)
class RestorePlan:
    """What is to be put back: of which backup, which services, and where to."""

    installation: Installation
    folder: Path
    manifest: Manifest
    services: tuple[Application, ...]
    stamp: str

    @property
    def names(self) -> tuple[str, ...]:
        """Of the services."""
        return tuple(service.name for service in self.services)

    @property
    def target(self) -> RestoreTarget:
        """Where it is put back."""
        return restore_target(self.installation)


def restore_installation(
    data: Path,
    folder: Path,
    service: str | None,
    servers: tuple[str | None, str | None],
    *,
    dry_run: bool,
    yes: bool,
) -> int:
    """Put back; gives the exit code.

    servers  the database and the broker for an installation that is not there yet
    """
    if dry_run and not data.exists():
        return _restore(data, folder, service, servers, dry_run=True, yes=yes)
    try:
        claimed = claim(data)
    except AlreadyRunning:
        return refuse(f"Houvast draait met de map {data}. Stop het eerst.")
    with claimed:
        return _restore(data, folder, service, servers, dry_run=dry_run, yes=yes)


def _restore(
    data: Path,
    folder: Path,
    service: str | None,
    servers: tuple[str | None, str | None],
    *,
    dry_run: bool,
    yes: bool,
) -> int:
    ready = progress.unfinished_swap(data) is not None
    try:
        if yes and not dry_run and _finish_earlier(data) == str(folder):
            return 0
        ready = False
        plan = _make_plan(data, folder, service, servers)
        _check(plan)
        _show_plan(plan)
        if dry_run:
            inform(f"Dit kan. {_UNCHANGED}")
            return 0
        if not yes:
            inform(f"{_UNCHANGED} Weet je het zeker? Geef dan dezelfde opdracht met --yes.")
            return 2
        _make_ready(plan)
        ready = True
        note = Swap(str(folder), plan.manifest.made_at, plan.names, plan.stamp, plan.installation.servers)
        _swap(data, note)
    except (BadBackup, SettingsError) as why:
        return refuse(f"{why} {_UNCHANGED if not ready else _halfway(folder)}")
    except _TROUBLE as error:
        told = f"Het lukte niet ({type(error).__name__})."
        return refuse(f"{told} {_UNCHANGED if not ready else _halfway(folder)}")
    _finish(data, note)
    return 0


def _halfway(folder: Path) -> str:
    return f"Het bleef halverwege steken. Maak het af met ./houvast restore --from {folder} --yes."


def _make_plan(
    data: Path, folder: Path, service: str | None, servers: tuple[str | None, str | None]
) -> RestorePlan:  # fmt: skip
    progress.check_whole(data)
    manifest = read_checked(folder)
    installation = Installation(data, 0, 0, demo=(data / "clock").exists(), servers=agree_on(data, *servers))
    chosen = [one for one in APPLICATIONS if one.name in manifest.services and service in (None, one.name)]
    if not chosen:
        raise BadBackup(f"In deze reservekopie zit {service or 'niets'} niet.")
    return RestorePlan(installation, folder, manifest, tuple(chosen), f"{clock.wall():%Y%m%d%H%M%S}")


def _check(plan: RestorePlan) -> None:
    is_files = plan.installation.servers.database is None
    if is_files != (plan.manifest.engine == "sqlite"):
        there, here = ("een databaseserver", "bestanden") if is_files else ("bestanden", "een databaseserver")
        raise BadBackup(f"Deze reservekopie is van {there}, en deze installatie staat op {here}.")
    for application in plan.services:
        known = {one.name for one in Migration.load_directory(str(application.folder / "migrations"))}
        if not set(plan.manifest.services[application.name].migrations) <= known:
            raise BadBackup(f"De opslag van {application.name} is van een nieuwere versie van Houvast.")
    missing = [name for name in NAMES if name not in plan.names and not plan.target.has(name)]
    if missing:
        raise BadBackup(f"Hier is geen opslag van {', '.join(missing)}. Zet alles terug, zonder --service.")
    _check_keys(plan)
    plan.target.check(plan.names, plan.stamp)
    if is_files:
        needed = sum(plan.manifest.services[name].bytes for name in plan.names)
        nearest = next(one for one in (plan.installation.data, *plan.installation.data.parents) if one.exists())
        if shutil.disk_usage(nearest).free < needed:
            raise BadBackup("Er is niet genoeg ruimte op de schijf.")


def _check_keys(plan: RestorePlan) -> None:
    keys, missing = plan.installation.data / "keys", _missing_keys(plan)
    if not set(missing) <= set(plan.manifest.key_files):
        raise BadBackup(
            f"In {keys} staan niet alle sleutels, en in de reservekopie ook niet. Zet ze daar eerst terug."
        )
    for name, copy in plan.manifest.services.items():
        if name not in missing and not copy.keys.items() <= shows_of(Keyring.load(keys / f"{name}.json")).items():
            raise BadBackup(
                f"De sleutels van {name} hier zijn niet die van de reservekopie: niets zou te lezen zijn."
            )


def _missing_keys(plan: RestorePlan) -> list[str]:
    return [name for name in NAMES if not (plan.installation.data / "keys" / f"{name}.json").exists()]


def _show_plan(plan: RestorePlan) -> None:
    inform(f"Reservekopie van {plan.manifest.made_at}, gemaakt met Houvast {plan.manifest.version}.")
    for name in plan.names:
        inform(f"{name}: terug naar brief {plan.manifest.services[name].seq}.")
    if len(plan.names) < len(NAMES):
        inform("De andere diensten blijven zoals ze zijn, en weten straks meer dan deze.")
    forgotten = erasure_log.entries_of(plan.installation, plan.folder)
    if forgotten:
        inform(f"Wie vergeten wilde worden, wordt meteen opnieuw vergeten: {len(forgotten)}.")
    if not (plan.installation.data / "keys").is_dir():
        inform(f"In {plan.installation.data} staat nog geen Houvast: dit wordt een nieuwe installatie.")
    elif any(plan.target.has(name) for name in plan.names):
        inform(f"Wat er nu staat gaat opzij: {plan.target.aside(plan.stamp)}.")


def _make_ready(plan: RestorePlan) -> None:
    _put_keys(plan)
    forgotten = erasure_log.entries_of(plan.installation, plan.folder)
    erasure_log.add_missing(plan.installation.erasure_log, forgotten)
    clock.follow(plan.installation.clock_file)
    target, seen = plan.target, list(plan.target.epochs()) + list(_epochs_of(plan.manifest))
    try:
        for application in plan.services:
            inform(f"{application.name}: klaarzetten …")
            service = application.service
            service.database.open(
                target.make_ready(application.name, plan.folder / plan.manifest.services[application.name].file)
            )
            application.migrate()
            if forgotten:
                erasure_log.erase_again(application, forgotten)
                log.step("erasures_repeated", of=application.name)
            # Also higher than the epochs of earlier restores of which nothing here tells any more.
            service.outbox.raise_epoch(
                max([int(clock.wall().timestamp()), *(epoch for name, epoch in seen if name == application.name)])
            )
            service.database.close()
            log.step("store_made_ready", of=application.name)
    except BaseException:
        target.tidy()
        raise


def _epochs_of(manifest: Manifest) -> Iterator[tuple[str, int]]:
    for name, copy in manifest.services.items():
        yield name, copy.epoch
        yield from ((source, at) for source, (at, _) in copy.positions.items())


def _put_keys(plan: RestorePlan) -> None:
    keys, missing = plan.installation.data / "keys", _missing_keys(plan)
    keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in missing:
        write_whole(keys / f"{name}.json", (plan.folder / key_file(name)).read_text(encoding="utf-8"))


def _swap(data: Path, note: Swap) -> None:
    """Safe to repeat, until nothing is left to exchange."""
    progress.begin_swap(data, note)
    log.step("restore_noted")
    servers = note.servers
    target = restore_target(Installation(data, 0, 0, servers=servers))
    for name in note.names:
        target.swap(name, note.stamp)
        log.step("store_swapped", of=name)
    if servers != remembered(data):
        remember(data, servers)
    if servers.broker is not None and not empty_queues(servers.broker, servers.prefix):
        inform("De broker laat ons niet binnen. Wat daar nog onderweg was, kan straks alsnog aankomen.")
    progress.end_swap(data)
    target.tidy()


def _finish_earlier(data: Path) -> str | None:
    """Finish what was broken off; gives of which backup."""
    note = progress.unfinished_swap(data)
    if note is None:
        return None
    inform("Eerst wordt het terugzetten afgemaakt dat bleef steken.")
    _swap(data, note)
    _finish(data, note)
    return note.source


def _finish(data: Path, note: Swap) -> None:
    Installation(data, 0, 0, demo=(data / "clock").exists(), servers=note.servers).prepare()
    inform(
        "Teruggezet. Start Houvast: de diensten lezen elkaars brieven opnieuw, en wat gehoord was telt één keer."
    )
    forgotten = list_unknown_events([one for one in APPLICATIONS if one.name in note.names], note.made_at)
    if forgotten:
        inform(f"Brieven die later gehoord zijn en waarvan de afzender niets meer weet: {len(forgotten)}.")
    for one in forgotten:
        click.echo(f"{one.consumer:<15} hoorde van {one.source}: {one.type} over {one.subject}")
