"""What every service stands on: its store, keys, outbox, inbox, leases, trail and commands, opened together."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from playhouse.migrations import Runner

from shared import clock
from shared.audit import Audit
from shared.auth import services
from shared.command import Commands
from shared.doorbell import Doorbells
from shared.erasing import Erasing
from shared.feed import Feed, Feeds, HttpFeed, LocalFeed
from shared.inbox import Inbox
from shared.lease import Leases
from shared.outbox import Outbox
from shared.privacy import Keyring, Privacy
from shared.retention import Pruner
from shared.settings import ServiceSettings, SettingsError, variable
from shared.store import Database


class House:
    """The foundation of one service."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.database = Database(name)
        self.privacy = Privacy(name)
        self.outbox = Outbox(self.database, self.privacy)
        self.inbox = Inbox(self.database, self.privacy)
        self.leases = Leases(self.database)
        self.audit = Audit(self.database)
        self.commands = Commands(self.database, self.privacy)
        self._pruner = Pruner(self.outbox, self.inbox)
        self.erasing = Erasing(self.database, self.outbox, self.inbox, self.commands)
        self.say = self.outbox.say
        self.command = self.commands.command
        self.transaction = self.database.transaction

    @property
    def tables(self) -> list[type]:
        """The tables of the mechanism, beside the service's own."""
        return [
            *self.outbox.tables, *self.inbox.tables, self.leases.Lease, self.audit.AuditLine,
            self.commands.RequestSeen, *self.erasing.tables,
        ]  # fmt: skip

    def open(self, settings: ServiceSettings) -> None:
        """Open the store and take the keys, once in each process."""
        clock.follow(settings.clock_file)
        self.privacy.use(Keyring.load(settings.keys_file))
        self.database.open(store_place(settings, self.name), max_pages=settings.store_max_pages)
        bells = Doorbells(settings.place)
        bell = f"{self.name}.relay"

        def ring() -> None:
            if not bells.ring(bell):
                self.database.engine.call(bell)  # the relay is on another machine, or there is none now

        self.outbox.on_commit = ring

    def keep_tidy(self) -> bool:
        """Drop what is past its time; True when there may be more."""
        return self.commands.forget_old() or self._pruner.step()

    def migrate(self, directory: Path) -> None:
        """Bring the store up to date; one at a time, behind the write lock."""
        with self.database.lock():
            Runner(self.database.proxy.obj, str(directory)).up()


def store_place(settings: ServiceSettings, service: str) -> Path | str:
    """Where the store of a service is: the URL of a database, or a file among the stores of this machine."""
    if settings.database is not None:
        return settings.database
    assert settings.stores is not None, "the settings refuse this"
    return settings.stores / f"{service}.sqlite3"


def feeds_of(house: House, settings: ServiceSettings, sources: Iterable[str]) -> Feeds:
    """The logs that a service reads when it runs alone: over HTTP where an address is told, else from files."""
    feeds: dict[str, Feed] = {}
    for source in sorted(sources):
        address = settings.feed_addresses.get(source)
        if address is not None:
            feeds[source] = HttpFeed(
                address, source, house.name, partial(services.sign, house.privacy.keyring, house.name, source)
            )
            continue
        if settings.stores is None:
            raise SettingsError(f"Zet in {variable(house.name, 'feeds')} ook waar het log van {source} staat.")
        database = Database(source)
        database.open(settings.stores / f"{source}.sqlite3")
        feeds[source] = LocalFeed(Outbox(database, Privacy(source)))
    return feeds
