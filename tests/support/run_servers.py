"""What tests need of a broker and a database: one for a whole run, and names that nobody else uses on them."""

from __future__ import annotations

import contextlib
import fcntl
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

import pika
import psycopg
from psycopg import sql

from deploy.local.servers import Servers
from tests.support.leftovers import PREFIX, clear_leftovers, owner
from tests.support.servers import postgres, rabbitmq
from tests.support.servers.postgres import PrivatePostgres
from tests.support.servers.rabbitmq import PrivateRabbit
from tests.support.servers.small_disk import MountRefused

APPLICATIONS = ("intake", "meetings", "questionnaires", "notifications")
# Of the server that may have a disk of its own: four stores, some hours of events, and little log ahead of them.
DISK_MEGABYTES = 512
LITTLE_LOG = ("max_wal_size=32MB", "min_wal_size=32MB")
KINDS: tuple[type[PrivateRabbit | PrivatePostgres], ...] = (PrivateRabbit, PrivatePostgres)


class BrokerPrefix(str):
    """A word with which no other name on the broker at `url` begins."""

    def __new__(cls, url: str) -> BrokerPrefix:
        made = super().__new__(cls, f"houvast-test-{secrets.token_hex(6)}")
        made.url, made._others = url, []
        return made

    url: str
    _others: list[str]

    def also(self, *names: str) -> None:
        """Clear these queues and exchanges too."""
        self._others += names

    def clear(self) -> None:
        """Delete the queue and the exchange of each service, its dead letters, and what `also` names."""
        of_services = [
            f"{self}.{application}{dead}" for application in APPLICATIONS for dead in ("", ".inbox", ".dead")
        ]
        with contextlib.closing(pika.BlockingConnection(pika.URLParameters(self.url))) as connection:
            channel = connection.channel()
            for name in (*of_services, *self._others):
                channel.queue_delete(name)
                channel.exchange_delete(name)


class DatabasePrefix(str):
    """A word with which no other database at `server_url` begins; `url` is that address, with it as the path."""

    def __new__(cls, server_url: str) -> DatabasePrefix:
        made = super().__new__(cls, f"{PREFIX}{owner()}_{secrets.token_hex(2)}")
        made.server_url = server_url
        made.url = urlsplit(server_url)._replace(path=f"/{made}").geturl()
        return made

    server_url: str
    url: str

    def copy(self, other: DatabasePrefix) -> None:
        """Make of each database under another prefix, in which nobody may be, a copy under this one."""
        with psycopg.connect(self.server_url, autocommit=True) as connection:
            for name in other.databases():
                made = f"{self}{name.removeprefix(other)}"
                statement = sql.SQL("create database {} template {} strategy file_copy")
                connection.execute(statement.format(sql.Identifier(made), sql.Identifier(name)))

    def clear(self) -> None:
        """Drop every database whose name begins with this word, also when somebody is still in it."""
        with psycopg.connect(self.server_url, autocommit=True) as connection:
            for name in self.databases():
                connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))

    def databases(self) -> list[str]:
        """The names of the databases that begin with this word."""
        query = "select datname::text from pg_database where starts_with(datname::text, %s) order by 1"
        with psycopg.connect(self.server_url) as connection:
            return [name for (name,) in connection.execute(query, [str(self)])]


@contextlib.contextmanager
def real_servers(with_database: bool, with_broker: bool) -> Iterator[Servers]:
    """For a script: the servers that run on this machine, under names of its own that are cleared afterwards."""
    with contextlib.ExitStack() as stack:
        database = broker = None
        if with_database:
            database = DatabasePrefix(postgres.find() or _missing("PostgreSQL"))
            clear_leftovers(database.server_url)
            stack.callback(database.clear)
        if with_broker:
            broker = BrokerPrefix(rabbitmq.find() or _missing("RabbitMQ"))
            stack.callback(broker.clear)
        yield servers_of(database, broker)


@contextlib.contextmanager
def private_servers(
    folder: Path, with_database: bool, with_broker: bool
) -> Iterator[tuple[Servers, tuple[PrivateRabbit | PrivatePostgres, ...]]]:
    """For a script: servers of its own, running, to be stopped and started at will."""
    with contextlib.ExitStack() as stack:
        database = PrivatePostgres(folder / "postgres", settings=LITTLE_LOG) if with_database else None
        if database is not None:
            with contextlib.suppress(MountRefused):
                stack.enter_context(database.on_small_disk(DISK_MEGABYTES))
        broker = PrivateRabbit(folder / "rabbitmq") if with_broker else None
        servers = tuple(server for server in (database, broker) if server is not None)
        for server in servers:
            stack.callback(server.stop)
            server.start()
        url = None if database is None else urlsplit(database.url)._replace(path="/houvast").geturl()
        yield Servers(url, None if broker is None else broker.url), servers


def servers_of(database: DatabasePrefix | None, broker: BrokerPrefix | None) -> Servers:
    """The settings of an installation that uses them."""
    if broker is None:
        return Servers(None if database is None else database.url)
    return Servers(None if database is None else database.url, broker.url, str(broker))


def _missing(missing: str) -> NoReturn:
    raise SystemExit(f"{missing} does not answer on this machine")


def url_for_the_run(folder: Path, kind: type[PrivateRabbit | PrivatePostgres]) -> str:
    """The address of the run's own server of this kind, which the first process of the run to ask starts.

    `folder` belongs to the run: every process of it names the same one, and the run ends with `end_run`.
    """
    with _alone(folder):
        server = kind(folder / kind.__name__)
        server.start()
        return server.url


def end_run(folder: Path) -> None:
    """Stop what was started for the run and remove its folder."""
    for kind in KINDS:
        if (folder / kind.__name__).exists():
            kind(folder / kind.__name__).stop()
    shutil.rmtree(folder)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time; the lock goes with whoever holds it."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
