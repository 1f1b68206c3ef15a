"""The servers that an installation may stand on, remembered in its folder so that all commands find the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit, urlunsplit

import click
import pika
import psycopg
from pika.adapters.utils.connection_workflow import AMQPConnectorException
from pika.exceptions import AMQPError
from psycopg import sql
from psycopg.rows import TupleRow

from deploy.local.files import write_whole
from shared.settings import SettingsError

F = TypeVar("F", bound=Callable[..., object])
LOGIN_SECONDS = 5
Connection = psycopg.Connection[TupleRow]


@dataclass(frozen=True)
class Servers:
    """Which servers; both None is the embedded default.

    database  postgresql://user:password@host:port/beginning, where the names of the databases begin with the path
    broker    amqp://user:password@host:port/vhost
    prefix    how the names on the broker begin
    """

    database: str | None = None
    broker: str | None = None
    prefix: str = "houvast"


def options(command: F) -> F:
    """Add `--database URL` and `--broker URL`; a variable is better where others can see what is running."""
    database = click.option(
        "--database",
        envvar="HOUVAST_DATABASE",
        metavar="URL",
        help="PostgreSQL in plaats van bestanden: postgresql://naam:wachtwoord@machine:poort/begin-van-de-namen."
        " Ook als HOUVAST_DATABASE, zodat het wachtwoord niet in de lijst van processen staat.",
    )
    broker = click.option(
        "--broker",
        envvar="HOUVAST_BROKER",
        metavar="URL",
        help="RabbitMQ voor het doorsturen van gebeurtenissen: amqp://naam:wachtwoord@machine:poort/vhost."
        " Ook als HOUVAST_BROKER.",
    )
    return database(broker(command))


def settle_on(data: Path, database: str | None, broker: str | None) -> Servers:
    """Return the servers that this folder remembers, or let it remember these.

    Another database than the one that holds everything is refused with SettingsError: only moving changes it.
    """
    wanted = agree_on(data, database, broker)
    if wanted != remembered(data):
        remember(data, wanted)
    return wanted


def agree_on(data: Path, database: str | None, broker: str | None) -> Servers:
    """Return what `settle_on` would settle on, without remembering it."""
    known = remembered(data)
    has_stores = (data / "stores").is_dir() or known.database is not None
    wanted = Servers(database or known.database, broker or known.broker, known.prefix)
    if has_stores and wanted.database != known.database:
        raise SettingsError(
            "Deze map heeft haar opslag al ergens anders. Er is niets veranderd."
            " Verhuizen kan met ./houvast move, of kies met --data een andere map."
        )
    return wanted


def remembered(data: Path) -> Servers:
    """Return what this folder stands on."""
    path = data / "servers.json"
    return Servers(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else Servers()


def remember(data: Path, servers: Servers) -> None:
    """Write down the servers that every command in this folder uses."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(data / "servers.json", json.dumps(asdict(servers)))


def database_of(beginning: str, name: str) -> tuple[str, str]:
    """Return (address, name) of the database whose name ends so."""
    return f"{beginning}_{name}", f"{urlsplit(beginning).path.lstrip('/')}_{name}"


@contextmanager
def reaching(beginning: str) -> Iterator[Connection]:
    """Connect to the server itself, each statement a transaction. Raises SettingsError when it refuses."""
    where = urlsplit(beginning)
    server = urlunsplit(where._replace(path="/postgres"))
    try:
        with psycopg.connect(server, autocommit=True, connect_timeout=10) as connection:
            yield connection
    except psycopg.Error as error:
        raise SettingsError(
            f"De databaseserver op {where.hostname}:{where.port or 5432} laat ons niet aan de slag"
            f" ({type(error).__name__}). Kijk of hij draait, of naam en wachtwoord kloppen, en of de databases"
            " er zijn."
        ) from None


def make_databases(beginning: str, names: Iterable[str], *, anew: bool = False) -> None:
    """Create the databases that are not there yet; `anew` makes empty ones, whatever was there.

    On a server where we may not create databases they must be there already; if not, SettingsError.
    """
    with reaching(beginning) as connection:
        there = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
        for _, name in (database_of(beginning, name) for name in names):
            if anew and name in there:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
            if anew or name not in there:
                connection.execute(
                    sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0").format(sql.Identifier(name))
                )


def accepts_login(broker: str) -> bool:
    """Tell whether a broker accepts a whole login at this address, within LOGIN_SECONDS for each step."""
    parameters = pika.URLParameters(broker)
    parameters.socket_timeout = parameters.blocked_connection_timeout = parameters.stack_timeout = LOGIN_SECONDS
    try:
        pika.BlockingConnection(parameters).close()
    except (AMQPError, AMQPConnectorException, OSError):
        return False
    return True
