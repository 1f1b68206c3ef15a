"""The infrastructure of a service: store, keys, outbox, inbox, leases, audit log and commands, opened together."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from playhouse.migrations import Runner

from shared import clock
from shared.messaging.feed import Feed, Feeds, HttpFeed, LocalFeed
from shared.messaging.inbox import Inbox
from shared.messaging.outbox import Outbox
from shared.messaging.retention import Pruner
from shared.messaging.wakeup import Wakeups
from shared.security import service_tokens
from shared.security.audit import Audit
from shared.security.encryption import Encryption, Keyring
from shared.security.erasure import Erasures
from shared.settings import ServiceSettings, SettingsError, variable
from shared.storage import Database
from shared.storage.command import Commands
from shared.storage.lease import Leases
from shared.storage.statistics import Statistics
from shared.worker_failures import WorkerFailures


class Service:
    """The infrastructure that one service stands on."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.database = Database(name)
        self.encryption = Encryption(name)
        self.outbox = Outbox(self.database, self.encryption)
        self.inbox = Inbox(self.database, self.encryption)
        self.leases = Leases(self.database)
        self.worker_failures = WorkerFailures(self.database)
        self.audit = Audit(self.database)
        self.commands = Commands(self.database, self.encryption)
        self._pruner = Pruner(self.outbox, self.inbox)
        self._statistics = Statistics(self.database)
        self.erasures = Erasures(self.database, self.outbox, self.inbox, self.commands)
        self.publish = self.outbox.publish
        self.command = self.commands.command
        self.transaction = self.database.transaction

    @property
    def tables(self) -> list[type]:
        """Its tables, beside those of the service's own models."""
        return [
            *self.outbox.tables,
            *self.inbox.tables,
            self.leases.Lease,
            self.worker_failures.WorkerFailure,
            self.audit.AuditEntry,
            self.commands.IdempotencyKey,
            *self.erasures.tables,
        ]

    def open(self, settings: ServiceSettings) -> None:
        """Open the store and load the keys, once in each process. Raises SettingsError."""
        clock.follow(settings.clock_file)
        self.encryption.use(Keyring.load(settings.keys_file))
        self.database.open(store_location(settings, self.name), max_pages=settings.store_max_pages)
        wakeups = Wakeups(settings.place)
        wakeup = f"{self.name}.relay"

        def notify() -> None:
            if not wakeups.notify(wakeup):
                self.database.engine.notify(wakeup)  # the relay is on another machine, or there is none now

        self.outbox.on_commit = notify

    def run_housekeeping(self) -> bool:
        """Delete what is past its time, then count the rows that are left; tell whether there may be more."""
        return self.commands.delete_expired() or self._pruner.step() or self._statistics.step()

    def migrate(self, directory: Path) -> None:
        """Run the migrations that were not run yet, behind the write lock."""
        with self.database.lock():
            Runner(self.database.proxy.obj, str(directory)).up()


def store_location(settings: ServiceSettings, service: str) -> Path | str:
    """Return where the store of a service is: the URL of a database, or a file on this machine."""
    if settings.database is not None:
        return settings.database
    assert settings.stores is not None, "the settings refuse this"
    return settings.stores / f"{service}.sqlite3"


def open_feeds(service: Service, settings: ServiceSettings, sources: Iterable[str]) -> Feeds:
    """Return the feeds of a service that runs alone: over HTTP where an address is set, else from files.

    Raises SettingsError when a source has neither.
    """
    feeds: dict[str, Feed] = {}
    for source in sorted(sources):
        address = settings.feed_addresses.get(source)
        if address is not None:
            feeds[source] = HttpFeed(
                address,
                source,
                service.name,
                partial(service_tokens.sign, service.encryption.keyring, service.name, source),
            )
            continue
        if settings.stores is None:
            raise SettingsError(f"Zet in {variable(service.name, 'feeds')} ook waar het log van {source} staat.")
        database = Database(source)
        database.open(settings.stores / f"{source}.sqlite3")
        feeds[source] = LocalFeed(Outbox(database, Encryption(source)))
    return feeds
