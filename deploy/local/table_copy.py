"""The rows of one store, copied between a SQLite file and a PostgreSQL database and compared, in either direction.

Values go as SQLite keeps them: PostgreSQL reads its texts of dates, times, booleans and JSON as what they are, and
is asked to give them back as text.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any
from urllib.parse import quote

import peewee
from psycopg import sql
from psycopg.rows import TupleRow
from psycopg.types.string import TextLoader

from deploy.local.servers import Connection
from services.intake import models as intake
from services.meetings import models as meetings
from services.notifications import models as notifications
from services.questionnaires import models as questionnaires
from shared import log

BATCH = 1000
ALL_MIGRATIONS = "SELECT name FROM schema_migration"
_LARGEST_INTEGER = 2**31 - 1
_MODELS = {models.service.name: models for models in (intake, meetings, notifications, questionnaires)}
_HISTORY = "schema_migration"
_SQLITE_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"
_POSTGRES_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
_REFERENCES = 'SELECT "table" FROM pragma_foreign_key_list(?)'
_COLUMNS = "SELECT name FROM pragma_table_info(?)"
_TYPES = (
    "SELECT column_name, data_type FROM information_schema.columns"
    " WHERE table_schema = current_schema() AND table_name = %s"
)
# The sequences of a database, each of which goes on after the highest number that was copied.
_SEQUENCES = (
    "SELECT table_name, column_name, pg_get_serial_sequence(quote_ident(table_name), column_name)"
    " FROM information_schema.columns WHERE table_schema = current_schema()"
    " AND pg_get_serial_sequence(quote_ident(table_name), column_name) IS NOT NULL"
)
_CONTINUE = "SELECT setval({sequence}, GREATEST(MAX({column}), 1), COUNT(*) > 0) FROM {table}"


class StoreProblem(Exception):
    """Why a store cannot be copied, as a sentence."""


@dataclass(frozen=True)
class Tally:
    """How many rows a table has, and a sum over all of their values that does not depend on their order."""

    rows: int
    total: str


def open_readonly(path: Path, *, is_alone: bool) -> sqlite3.Connection:
    """Open a store as it is at this moment, only to read. is_alone: nobody else has it open."""
    is_still = is_alone and not path.with_name(path.name + "-wal").exists()
    mode = "ro&immutable=1" if is_still else "ro" if is_alone else "rw"
    connection = sqlite3.connect(f"file:{quote(str(path))}?mode={mode}", uri=True, isolation_level=None)
    connection.execute("BEGIN")
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return connection


def check_fits(store: sqlite3.Connection, service: str) -> None:
    """Raise StoreProblem when PostgreSQL cannot keep what is in this store, whose migrations are all of today."""
    known = {table._meta.table_name for table in models_of(service)}
    unknown = sorted(set(_tables_of(store)) - known)
    if unknown:
        raise StoreProblem(f"In de opslag van {service} staan tabellen die ik niet ken: {', '.join(unknown)}.")
    misfits = list(_misfits(store, service))
    if misfits:
        raise StoreProblem(
            f"PostgreSQL kan dit van {service} niet bewaren, omdat het te lang of te groot is of een"
            f" NUL-teken heeft (tabel.kolom: aantal): {', '.join(misfits)}."
        )


def fill_database(store: sqlite3.Connection, database: Connection) -> None:
    """Copy every row into a database that has the same tables, all of them empty, within its open transaction."""
    for table, columns in _tables_of(store).items():
        # One statement a table: rows that point at each other are checked when all of them are there.
        into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), _names(columns))
        with database.cursor() as cursor, cursor.copy(into) as copy:
            for row in _rows_of_file(store, table, columns):
                copy.write_row(row)
        log.step("table_copied", table=table)
    for table, column, sequence in database.execute(_SEQUENCES.encode()).fetchall():
        database.execute(
            sql.SQL(_CONTINUE).format(
                sequence=sql.Literal(sequence), column=sql.Identifier(column), table=sql.Identifier(table)
            )
        )


def fill_file(database: Connection, store: sqlite3.Connection) -> None:
    """Copy every row into a store that has the same tables, all of them empty.

    Raises StoreProblem when the database has tables that the store has not.
    """
    tables = _tables_of(store)
    unknown = {row[0] for row in database.execute(_POSTGRES_TABLES).fetchall()} - {*tables, _HISTORY}
    if unknown:
        raise StoreProblem(f"In de opslag staan tabellen die ik niet ken: {', '.join(sorted(unknown))}.")
    for table, columns in tables.items():
        marks = ", ".join("?" * len(columns))
        names = ", ".join(map(_quoted, columns))
        store.executemany(
            f"INSERT INTO {_quoted(table)} ({names}) VALUES ({marks})",  # noqa: S608 - names of our own tables
            _rows_of_database(database, table, columns),
        )
    store.commit()


def compare(store: sqlite3.Connection, database: Connection) -> list[str]:
    """List the tables that do not hold the same on both sides."""
    different = []
    for table, columns in _tables_of(store).items():
        known: dict[str, str] = dict(database.execute(_TYPES, (table,)).fetchall())
        types = [known[column] for column in columns]
        tallies = (
            _tally(types, _rows_of_file(store, table, columns)),
            _tally(types, _rows_of_database(database, table, columns)),
        )
        if tallies[0] != tallies[1]:
            different.append(table)
    return different


def count_rows(store: sqlite3.Connection) -> dict[str, int]:
    """Count the rows of each table of a store."""
    counted = {table: f"SELECT count(*) FROM {_quoted(table)}" for table in _tables_of(store)}  # noqa: S608
    return {table: store.execute(statement).fetchone()[0] for table, statement in counted.items()}


def _tables_of(store: sqlite3.Connection) -> dict[str, Sequence[str]]:
    """List the columns of each table; what is pointed at comes before what points."""
    names = [row[0] for row in store.execute(_SQLITE_TABLES) if row[0] != _HISTORY]
    references = {name: {row[0] for row in store.execute(_REFERENCES, (name,))} - {name} for name in names}
    in_order = TopologicalSorter(references).static_order()
    return {name: [row[0] for row in store.execute(_COLUMNS, (name,))] for name in in_order}


def models_of(service: str) -> list[type[peewee.Model]]:
    """List the models of every table of a service."""
    models = _MODELS[service]
    return [*models.TABLES, *models.service.tables]


def _misfits(store: sqlite3.Connection, service: str) -> Iterator[str]:
    """Name `table.column: count` for values that are too long, too large, or hold a NUL."""
    for model in models_of(service):
        table = model._meta.table_name
        for field in model._meta.sorted_fields:
            unfit = _unfit(field)
            if unfit is None:
                continue
            condition = unfit.replace("?", _quoted(field.column_name))
            statement = f"SELECT count(*) FROM {_quoted(table)} WHERE {condition}"  # noqa: S608
            count = store.execute(statement).fetchone()[0]
            if count:
                yield f"{table}.{field.column_name}: {count}"


def _unfit(field: peewee.Field) -> str | None:
    if isinstance(field, peewee.ForeignKeyField):
        return _unfit(field.rel_field)
    if isinstance(field, peewee.JSONField):
        return "instr(?, '\\u0000')"
    if isinstance(field, peewee.CharField):
        return f"length(?) > {field.max_length} OR instr(?, char(0))"
    if isinstance(field, peewee.TextField):
        return "instr(?, char(0))"
    if isinstance(field, peewee.IntegerField) and not isinstance(field, peewee.BigIntegerField):
        return f"abs(?) > {_LARGEST_INTEGER}"
    return None


def _rows_of_file(store: sqlite3.Connection, table: str, columns: Sequence[str]) -> Iterator[TupleRow]:
    names = ", ".join(map(_quoted, columns))
    return store.execute(f"SELECT {names} FROM {_quoted(table)}")  # noqa: S608 - names of our own tables


def _rows_of_database(database: Connection, table: str, columns: Sequence[str]) -> Iterator[TupleRow]:
    with database.cursor(name="rows") as cursor:
        for kind in ("date", "time", "json", "jsonb"):
            cursor.adapters.register_loader(kind, TextLoader)
        cursor.itersize = BATCH
        cursor.execute(sql.SQL("SELECT {} FROM {}").format(_names(columns), sql.Identifier(table)))
        yield from cursor


def _tally(types: Sequence[str], rows: Iterable[TupleRow]) -> Tally:
    count, total = 0, 0
    for row in rows:
        values = [_normal(kind, value) for kind, value in zip(types, row, strict=True)]
        total += int.from_bytes(hashlib.sha256(repr(values).encode()).digest(), "big")
        count += 1
    return Tally(count, f"{total % 2**256:064x}")


def _normal(kind: str, value: Any) -> object:
    """Give the value itself, however an engine writes down what is of this type in PostgreSQL."""
    if value is None:
        return None
    if kind in ("json", "jsonb"):
        return _sorted(json.loads(value, parse_float=_number, parse_int=_number))
    if kind.startswith("time "):
        return time.fromisoformat(value)
    if isinstance(value, memoryview):
        return bytes(value)
    return int(value) if isinstance(value, bool) else value


def _number(text: str) -> Decimal:
    return Decimal(text).normalize()


def _sorted(value: object) -> object:
    if isinstance(value, dict):
        return sorted((key, _sorted(inner)) for key, inner in value.items())
    return [_sorted(inner) for inner in value] if isinstance(value, list) else value


def _names(columns: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _quoted(name: str) -> str:
    return f'"{name}"'
