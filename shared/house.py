"""What every service stands on: its store, keys, outbox, inbox, leases, trail and commands, opened together."""

from __future__ import annotations

from pathlib import Path

from playhouse.migrations import Runner

from shared import clock
from shared.audit import Audit
from shared.command import Commands
from shared.doorbell import Doorbells
from shared.feed import Feed, LocalFeed
from shared.inbox import Inbox
from shared.lease import Leases
from shared.outbox import Outbox
from shared.privacy import Keyring, Privacy
from shared.settings import ServiceSettings
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
        self.commands = Commands(self.database)
        self.say = self.outbox.say
        self.command = self.commands.command
        self.transaction = self.database.transaction

    @property
    def tables(self) -> list[type]:
        """The tables of the mechanism, beside the service's own."""
        return [
            *self.outbox.tables, *self.inbox.tables, self.leases.Lease, self.audit.AuditLine,
            self.commands.RequestSeen,
        ]  # fmt: skip

    def open(self, settings: ServiceSettings) -> None:
        """Open the store and take the keys, once in each process."""
        clock.follow(settings.clock_file)
        self.privacy.use(Keyring.load(settings.keys_file))
        self.database.open(store_path(settings.stores, self.name), max_pages=settings.store_max_pages)
        bells = Doorbells(str(settings.stores))
        self.outbox.on_commit = lambda: bells.ring(f"{self.name}.relay")

    def migrate(self, directory: Path) -> None:
        """Bring the store up to date; one at a time, behind the write lock."""
        with self.database.lock():
            Runner(self.database.proxy.obj, str(directory)).up()


def store_path(stores: Path, service: str) -> Path:
    """Where the store of a service lies among the stores of this machine."""
    return stores / f"{service}.sqlite3"


def local_feed(stores: Path, service: str) -> Feed:
    """The log of another service whose store is on this machine."""
    database = Database(service)
    database.open(store_path(stores, service))
    return LocalFeed(Outbox(database, Privacy(service)))
