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
from deploy.local.processes import refuse, say
from deploy.local.progress import Exchanging
from deploy.local.queues import empty_queues
from deploy.local.servers import agree_on, remember, remembered
from deploy.local.swap import Ground, ground_of
from deploy.local.unknown_to_publisher import list_forgotten
from shared import clock, log
from shared.cli import Application
from shared.security.encryption import Keyring
from shared.settings import SettingsError
from shared.storage import StoreUnavailable

_UNCHANGED = "Er is niets veranderd."
_TROUBLE = (psycopg.Error, peewee.PeeweeException, StoreUnavailable, sqlite3.Error, OSError)


@dataclass(frozen=True)
class Wish:
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
    def ground(self) -> Ground:
        """Where it is put back."""
        return ground_of(self.installation)


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
    ready = progress.exchanging(data) is not None
    try:
        if yes and not dry_run and _finish_earlier(data) == str(folder):
            return 0
        ready = False
        wish = _make_wish(data, folder, service, servers)
        _check(wish)
        _tell(wish)
        if dry_run:
            say(f"Dit kan. {_UNCHANGED}")
            return 0
        if not yes:
            say(f"{_UNCHANGED} Weet je het zeker? Geef dan dezelfde opdracht met --yes.")
            return 2
        _make_ready(wish)
        ready = True
        note = Exchanging(str(folder), wish.manifest.made_at, wish.names, wish.stamp, wish.installation.servers)
        _exchange(data, note)
    except (BadBackup, SettingsError) as why:
        return refuse(f"{why} {_UNCHANGED if not ready else _halfway(folder)}")
    except _TROUBLE as error:
        told = f"Het lukte niet ({type(error).__name__})."
        return refuse(f"{told} {_UNCHANGED if not ready else _halfway(folder)}")
    _finish(data, note)
    return 0


def _halfway(folder: Path) -> str:
    return f"Het bleef halverwege steken. Maak het af met ./houvast restore --from {folder} --yes."


def _make_wish(
    data: Path, folder: Path, service: str | None, servers: tuple[str | None, str | None]
) -> Wish:  # fmt: skip
    progress.check_whole(data)
    manifest = read_checked(folder)
    installation = Installation(data, 0, 0, demo=(data / "clock").exists(), servers=agree_on(data, *servers))
    chosen = [one for one in APPLICATIONS if one.name in manifest.services and service in (None, one.name)]
    if not chosen:
        raise BadBackup(f"In deze reservekopie zit {service or 'niets'} niet.")
    return Wish(installation, folder, manifest, tuple(chosen), f"{clock.wall():%Y%m%d%H%M%S}")


def _check(wish: Wish) -> None:
    is_files = wish.installation.servers.database is None
    if is_files != (wish.manifest.engine == "sqlite"):
        there, here = ("een databaseserver", "bestanden") if is_files else ("bestanden", "een databaseserver")
        raise BadBackup(f"Deze reservekopie is van {there}, en deze installatie staat op {here}.")
    for application in wish.services:
        known = {one.name for one in Migration.load_directory(str(application.folder / "migrations"))}
        if not set(wish.manifest.services[application.name].migrations) <= known:
            raise BadBackup(f"De opslag van {application.name} is van een nieuwere versie van Houvast.")
    missing = [name for name in NAMES if name not in wish.names and not wish.ground.has(name)]
    if missing:
        raise BadBackup(f"Hier is geen opslag van {', '.join(missing)}. Zet alles terug, zonder --service.")
    _check_keys(wish)
    wish.ground.check(wish.names, wish.stamp)
    if is_files:
        needed = sum(wish.manifest.services[name].bytes for name in wish.names)
        nearest = next(one for one in (wish.installation.data, *wish.installation.data.parents) if one.exists())
        if shutil.disk_usage(nearest).free < needed:
            raise BadBackup("Er is niet genoeg ruimte op de schijf.")


def _check_keys(wish: Wish) -> None:
    keys, missing = wish.installation.data / "keys", _missing_keys(wish)
    if not set(missing) <= set(wish.manifest.key_files):
        raise BadBackup(
            f"In {keys} staan niet alle sleutels, en in de reservekopie ook niet. Zet ze daar eerst terug."
        )
    for name, copy in wish.manifest.services.items():
        if name not in missing and not copy.keys.items() <= shows_of(Keyring.load(keys / f"{name}.json")).items():
            raise BadBackup(
                f"De sleutels van {name} hier zijn niet die van de reservekopie: niets zou te lezen zijn."
            )


def _missing_keys(wish: Wish) -> list[str]:
    return [name for name in NAMES if not (wish.installation.data / "keys" / f"{name}.json").exists()]


def _tell(wish: Wish) -> None:
    say(f"Reservekopie van {wish.manifest.made_at}, gemaakt met Houvast {wish.manifest.version}.")
    for name in wish.names:
        say(f"{name}: terug naar brief {wish.manifest.services[name].seq}.")
    if len(wish.names) < len(NAMES):
        say("De andere diensten blijven zoals ze zijn, en weten straks meer dan deze.")
    forgotten = erasure_log.entries_of(wish.installation, wish.folder)
    if forgotten:
        say(f"Wie vergeten wilde worden, wordt meteen opnieuw vergeten: {len(forgotten)}.")
    if not (wish.installation.data / "keys").is_dir():
        say(f"In {wish.installation.data} staat nog geen Houvast: dit wordt een nieuwe installatie.")
    elif any(wish.ground.has(name) for name in wish.names):
        say(f"Wat er nu staat gaat opzij: {wish.ground.aside(wish.stamp)}.")


def _make_ready(wish: Wish) -> None:
    _put_keys(wish)
    forgotten = erasure_log.entries_of(wish.installation, wish.folder)
    erasure_log.keep(wish.installation.ledger, forgotten)
    clock.follow(wish.installation.clock_file)
    ground, seen = wish.ground, list(wish.ground.epochs()) + list(_epochs_of(wish.manifest))
    try:
        for application in wish.services:
            say(f"{application.name}: klaarzetten …")
            service = application.service
            service.database.open(
                ground.make_ready(application.name, wish.folder / wish.manifest.services[application.name].file)
            )
            application.migrate()
            if forgotten:
                erasure_log.forget_again(application, forgotten)
                log.step("people_forgotten_again", of=application.name)
            # Also higher than the epochs of earlier restores of which nothing here tells any more.
            service.outbox.raise_epoch(
                max([int(clock.wall().timestamp()), *(epoch for name, epoch in seen if name == application.name)])
            )
            service.database.close()
            log.step("store_made_ready", of=application.name)
    except BaseException:
        ground.tidy()
        raise


def _epochs_of(manifest: Manifest) -> Iterator[tuple[str, int]]:
    for name, copy in manifest.services.items():
        yield name, copy.epoch
        yield from ((source, at) for source, (at, _) in copy.positions.items())


def _put_keys(wish: Wish) -> None:
    keys, missing = wish.installation.data / "keys", _missing_keys(wish)
    keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in missing:
        write_whole(keys / f"{name}.json", (wish.folder / key_file(name)).read_text(encoding="utf-8"))


def _exchange(data: Path, note: Exchanging) -> None:
    """Safe to repeat, until nothing is left to exchange."""
    progress.begin_exchange(data, note)
    log.step("restore_noted")
    servers = note.servers
    ground = ground_of(Installation(data, 0, 0, servers=servers))
    for name in note.names:
        ground.exchange(name, note.stamp)
        log.step("store_exchanged", of=name)
    if servers != remembered(data):
        remember(data, servers)
    if servers.broker is not None and not empty_queues(servers.broker, servers.prefix):
        say("De broker laat ons niet binnen. Wat daar nog onderweg was, kan straks alsnog aankomen.")
    progress.end_exchange(data)
    ground.tidy()


def _finish_earlier(data: Path) -> str | None:
    """Finish what was broken off; gives of which backup."""
    note = progress.exchanging(data)
    if note is None:
        return None
    say("Eerst wordt het terugzetten afgemaakt dat bleef steken.")
    _exchange(data, note)
    _finish(data, note)
    return note.source


def _finish(data: Path, note: Exchanging) -> None:
    Installation(data, 0, 0, demo=(data / "clock").exists(), servers=note.servers).prepare()
    say("Teruggezet. Start Houvast: de diensten lezen elkaars brieven opnieuw, en wat gehoord was telt één keer.")
    forgotten = list_forgotten([one for one in APPLICATIONS if one.name in note.names], note.made_at)
    if forgotten:
        say(f"Brieven die later gehoord zijn en waarvan de afzender niets meer weet: {len(forgotten)}.")
    for one in forgotten:
        click.echo(f"{one.consumer:<15} hoorde van {one.source}: {one.type} over {one.subject}")
