"""The rows of one service, from a SQLite file into an empty PostgreSQL database; and whether they arrived.

Values go as SQLite keeps them: PostgreSQL reads its texts of dates, times, booleans and JSON as what they are.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

import peewee
import psycopg
from psycopg import sql

from services.intake import models as intake
from services.meetings import models as meetings
from services.notifications import models as notifications
from services.questionnaires import models as questionnaires
from shared import log

_BATCH = 1000
_LARGEST_INTEGER = 2**31 - 1
_OF = {models.service.name: models for models in (intake, meetings, notifications, questionnaires)}
_HISTORY = "schema_migration"
ALL_MIGRATIONS = "SELECT name FROM schema_migration"
_ALL_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"
_GO_ON = (
    "SELECT setval(pg_get_serial_sequence({table_text}, {column_text}), GREATEST(MAX({column}), 1), COUNT(*) > 0)"
    " FROM {table}"
)


@dataclass(frozen=True)
class Tally:
    """What is in one table: how many rows, and a sum over all of their values that does not go by their order."""

    rows: int
    total: str


def tables_of(service: str) -> list[Any]:
    """Every table of a service, so that what is pointed at comes before what points."""
    models: Any = _OF[service]
    sort_models: Any = getattr(peewee, "sort_models")  # noqa: B009 - the stubs do not know it
    return list(sort_models([*models.TABLES, *models.service.tables]))


def open_readonly(path: Path, *, is_alone: bool) -> sqlite3.Connection:
    """A store as it is at this moment, only to read. is_alone: nobody else has it open."""
    is_still = is_alone and not path.with_name(path.name + "-wal").exists()
    mode = "ro&immutable=1" if is_still else "ro" if is_alone else "rw"
    connection = sqlite3.connect(f"file:{quote(str(path))}?mode={mode}", uri=True, isolation_level=None)
    connection.execute("BEGIN")
    connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return connection


def unknown_tables(store: sqlite3.Connection, service: str) -> list[str]:
    """Tables in a store that this version of the service does not have."""
    known = {table._meta.table_name for table in tables_of(service)} | {_HISTORY}
    rows = store.execute(_ALL_TABLES)
    return sorted(row[0] for row in rows if row[0] not in known)


def misfits(store: sqlite3.Connection, service: str) -> list[str]:
    """`table.column: so many` for values that PostgreSQL cannot keep: too long, too large, or with a NUL."""
    found = []
    for table in tables_of(service):
        for field in table._meta.sorted_fields:
            wrong = _cannot_be(field)
            if wrong is None:
                continue
            column = _quoted(field.column_name)
            asked = f"SELECT count(*) FROM {_quoted(table._meta.table_name)} WHERE {wrong.replace('?', column)}"  # noqa: S608
            count = store.execute(asked).fetchone()[0]
            if count:
                found.append(f"{table._meta.table_name}.{field.column_name}: {count}")
    return found


def _cannot_be(field: Any) -> str | None:
    if isinstance(field, peewee.ForeignKeyField):
        return _cannot_be(field.rel_field)
    if isinstance(field, peewee.JSONField):
        return "instr(?, '\\u0000')"
    if isinstance(field, peewee.CharField):
        return f"length(?) > {field.max_length} OR instr(?, char(0))"
    if isinstance(field, peewee.TextField):
        return "instr(?, char(0))"
    if isinstance(field, peewee.IntegerField) and not isinstance(field, peewee.BigIntegerField):
        return f"abs(?) > {_LARGEST_INTEGER}"
    return None


def copy_rows(store: sqlite3.Connection, target: psycopg.Connection[Any], service: str) -> int:
    """Put every row of every table over, inside the transaction of the caller; how many it were."""
    count = 0
    for table in tables_of(service):
        # One statement a table: rows that point at each other are looked at when all of them are there.
        columns = sql.SQL(", ").join(sql.Identifier(field.column_name) for field in table._meta.sorted_fields)
        into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table._meta.table_name), columns)
        with target.cursor() as cursor, cursor.copy(into) as copy:
            for row in _stored(store, table):
                copy.write_row(row)
                count += 1
        _go_on_counting(target, table)
        log.step("table_copied", table=table._meta.table_name)
    return count


def _go_on_counting(target: psycopg.Connection[Any], table: Any) -> None:
    key = table._meta.primary_key
    if isinstance(key, peewee.AutoField):
        name = table._meta.table_name
        target.execute(
            sql.SQL(_GO_ON).format(
                table=sql.Identifier(name), column=sql.Identifier(key.column_name),
                table_text=sql.Literal(_quoted(name)), column_text=sql.Literal(key.column_name),
            )
        )  # fmt: skip


def _stored(store: sqlite3.Connection, table: Any) -> Iterator[tuple[Any, ...]]:
    columns = ", ".join(_quoted(field.column_name) for field in table._meta.sorted_fields)
    rows = store.execute(f"SELECT {columns} FROM {_quoted(table._meta.table_name)}")  # noqa: S608
    while batch := rows.fetchmany(_BATCH):
        yield from batch


def tallies_of_store(store: sqlite3.Connection, service: str) -> dict[str, Tally]:
    """table -> what is in it, of a SQLite file."""
    return {table._meta.table_name: _tally(table, _stored(store, table)) for table in tables_of(service)}


def tallies_of_database(target: psycopg.Connection[Any], service: str) -> dict[str, Tally]:
    """table -> what is in it, of a PostgreSQL database."""
    return {table._meta.table_name: _tally(table, _read_back(target, table)) for table in tables_of(service)}


def _read_back(target: psycopg.Connection[Any], table: Any) -> Iterator[tuple[Any, ...]]:
    columns = sql.SQL(", ").join(
        sql.SQL("{}::text" if isinstance(field, peewee.JSONField) else "{}").format(
            sql.Identifier(field.column_name)
        )
        for field in table._meta.sorted_fields
    )
    with target.cursor(name="read_back") as cursor:
        cursor.itersize = _BATCH
        cursor.execute(sql.SQL("SELECT {} FROM {}").format(columns, sql.Identifier(table._meta.table_name)))
        yield from cursor


def _tally(table: Any, rows: Iterable[tuple[Any, ...]]) -> Tally:
    fields = [_meant(field) for field in table._meta.sorted_fields]
    count, total = 0, 0
    for row in rows:
        meant = [_as_meant(field, value) for field, value in zip(fields, row, strict=True)]
        total += int.from_bytes(hashlib.sha256(repr(meant).encode()).digest(), "big")
        count += 1
    return Tally(count, f"{total % 2**256:064x}")


def _meant(field: Any) -> Any:
    return _meant(field.rel_field) if isinstance(field, peewee.ForeignKeyField) else field


def _as_meant(field: Any, value: Any) -> Any:
    """The value itself, however an engine writes it down."""
    if value is None:
        return None
    if isinstance(field, peewee.BooleanField):
        return bool(value)
    if isinstance(field, peewee.BlobField):
        return bytes(value)
    if isinstance(field, peewee.JSONField):
        return _in_order(json.loads(value, parse_float=_number, parse_int=_number))
    if isinstance(field, peewee.DateField | peewee.TimeField):
        read: Any = field.python_value
        return str(read(value))
    return value


def _number(text: str) -> Decimal:
    return Decimal(text).normalize()


def _in_order(value: Any) -> Any:
    if isinstance(value, dict):
        return sorted((key, _in_order(one)) for key, one in value.items())
    return [_in_order(one) for one in value] if isinstance(value, list) else value


def _quoted(name: str) -> str:
    return f'"{name}"'
