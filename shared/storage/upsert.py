"""Writing a row over the one with the same primary key."""

from __future__ import annotations

import peewee


def upsert(table: type[peewee.Model], **values: object) -> None:
    """Insert a row, or write these values over the row with the same primary key; other columns stay.

    Inside a transaction, sent with the next statement (see Database.execute_deferred).
    """
    primary_key = table._meta.primary_key
    assert primary_key, "a row is written over by its key"
    update = {
        name: value for name, value in values.items() if name not in (primary_key.name, primary_key.column_name)
    }
    row = table.insert(**values).on_conflict(conflict_target=[primary_key], update=update)
    table._meta.database.execute_deferred(*row.sql())
