"""Rows into a store that is a file, many at once and without a model between."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from shared.storage import MomentField

AT_ONCE = 5000
_moment = MomentField().db_value


def moment(at: datetime | None) -> str | None:
    """Return a moment as it is stored."""
    return _moment(at)


def as_json(value: object) -> str:
    """Return a value of a JSON column as it is stored."""
    return json.dumps(value, separators=(",", ":"))


class Store:
    """A store that nobody else has open; foreign keys are checked by who reads it, not for every row."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        for pragma in ("foreign_keys = 0", "synchronous = 0", "cache_size = -200000", "temp_store = 2"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.execute("BEGIN")
        self._rows: defaultdict[tuple[str, tuple[str, ...]], list[Sequence[object]]] = defaultdict(list)

    def add(self, table: str, **values: object) -> None:
        """Add one row."""
        self.add_row(table, tuple(values), tuple(values.values()))

    def add_row(self, table: str, columns: tuple[str, ...], row: Sequence[object]) -> None:
        """Add one row of these columns, in their order: the way for tables with very many."""
        rows = self._rows[table, columns]
        rows.append(row)
        if len(rows) >= AT_ONCE:
            self._write(table, columns, rows)

    def close(self) -> None:
        """Write what is left."""
        for (table, columns), rows in self._rows.items():
            self._write(table, columns, rows)
        broken = self._connection.execute("PRAGMA foreign_key_check").fetchall()
        assert not broken, f"rows that point at nothing: {broken[:5]}"
        self._connection.execute("COMMIT")
        self._connection.close()

    def _write(self, table: str, columns: tuple[str, ...], rows: list[Sequence[object]]) -> None:
        names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join("?" * len(columns))
        self._connection.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', rows)
        rows.clear()
