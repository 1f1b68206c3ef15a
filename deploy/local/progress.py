"""Progress markers: that a move or a restore was begun and not finished, so that nobody takes a half for a whole.

A database that is being filled holds a table of one row, with the id that the folder keeps meanwhile: only what
this folder itself began may be thrown away. A restore that swaps stores leaves a note in the folder.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

import psycopg
from psycopg import sql

from deploy.local.files import free_name, write_whole
from deploy.local.servers import Connection, Servers, database_of, reaching
from shared.ids import new_id
from shared.settings import SettingsError

_NOTE = "restoring.json"
_TABLE = sql.Identifier("houvast_unfinished")
_THINGS = (
    "SELECT count(*) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace"
    " WHERE nspname NOT IN ('pg_catalog', 'information_schema') AND nspname NOT LIKE 'pg\\_%'"
)


class DatabaseState(StrEnum):
    """What is in a database: it is not there, nothing, what we began, or something of somebody."""

    MISSING = "missing"
    EMPTY = "empty"
    OURS = "ours"
    TAKEN = "taken"


def database_states(beginning: str, names: Iterable[str], begun: str | None) -> dict[str, DatabaseState]:
    """Return what is in the databases whose names begin so; `begun` is the id of what this folder began."""
    with reaching(beginning) as connection:
        there = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
        states = {}
        for name in names:
            url, database = database_of(beginning, name)
            states[name] = _state_of(url, begun) if database in there else DatabaseState.MISSING
    return states


def _state_of(url: str, begun: str | None) -> DatabaseState:
    with psycopg.connect(url, connect_timeout=10) as connection:
        if _count(connection) == 0:
            return DatabaseState.EMPTY
        if connection.execute("SELECT to_regclass('houvast_unfinished')").fetchone() == (None,):
            return DatabaseState.TAKEN
        row = connection.execute(sql.SQL("SELECT id FROM {}").format(_TABLE)).fetchone()
        return DatabaseState.OURS if begun is not None and row == (begun,) else DatabaseState.TAKEN


def mark_unfinished(url: str, begun: str) -> None:
    """Mark this database as unfinished. Raises SettingsError when there is anything in it."""
    with psycopg.connect(url, connect_timeout=10) as connection:
        if _count(connection):
            raise SettingsError("In een van de databases staat intussen iets. Er is niets overgezet.")
        connection.execute(sql.SQL("CREATE TABLE {} (id varchar(36) NOT NULL)").format(_TABLE))
        connection.execute(sql.SQL("INSERT INTO {} VALUES (%s)").format(_TABLE), (begun,))


def mark_finished(url: str) -> None:
    """Mark this database as whole."""
    with psycopg.connect(url, connect_timeout=10) as connection:
        connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(_TABLE))


def _count(connection: Connection) -> int:
    row = connection.execute(_THINGS).fetchone()
    return 0 if row is None else int(row[0])


# --- a move ---


def begun_move(data: Path) -> str | None:
    """Return the id of the move that this folder began and did not finish."""
    path = data / "moving"
    return path.read_text(encoding="ascii") if path.exists() else None


def begin_move(data: Path) -> str:
    """Return the id of the move of this folder, which is kept until it is finished."""
    begun = begun_move(data) or new_id()
    write_whole(data / "moving", begun)
    return begun


def finish_move(data: Path, servers: Servers, names: Iterable[str]) -> None:
    """Do the rest of a move after the moment that it counts; nothing when there was none. Safe to repeat."""
    if servers.database is None or begun_move(data) is None:
        return
    for name in names:
        mark_finished(database_of(servers.database, name)[0])
    if any((data / "stores").glob("*.sqlite3")):
        (data / "stores").rename(free_name(data / "stores.moved"))
    (data / "moving").unlink()


# --- a restore ---


@dataclass(frozen=True)
class Swap:
    """What a restore swaps.

    source, made_at   of which backup, and when that was made
    names             of the services
    stamp             how what is put aside is called
    servers           where the stores are
    """

    source: str
    made_at: str
    names: tuple[str, ...]
    stamp: str
    servers: Servers


def begin_swap(data: Path, swap: Swap) -> None:
    """Write down what is swapped: nothing starts here until it is finished."""
    write_whole(data / _NOTE, json.dumps(asdict(swap)))


def end_swap(data: Path) -> None:
    (data / _NOTE).unlink()


def unfinished_swap(data: Path) -> Swap | None:
    """Return what was being swapped when a restore was broken off."""
    path = data / _NOTE
    if not path.exists():
        return None
    note = json.loads(path.read_text(encoding="utf-8"))
    return Swap(**{**note, "names": tuple(note["names"]), "servers": Servers(**note["servers"])})


def check_whole(data: Path) -> None:
    """Raise SettingsError when stores of a backup were put back here, and others of it not yet."""
    swap = unfinished_swap(data)
    if swap is not None:
        raise SettingsError(
            "Het terugzetten van een reservekopie is halverwege blijven steken. Er kan nu niets starten."
            f" Maak het eerst af met ./houvast restore --from {swap.source} --yes, met dezelfde --data."
        )
