"""A table to which lines can only be added, kept so by the database itself."""

from __future__ import annotations

from typing import Any

import peewee


def forbid_change(db: Any, table: str, why: str) -> None:
    """In a migration: from now on every UPDATE and DELETE of this table is refused with `why`."""
    for act in ("UPDATE", "DELETE"):
        name = f"{table}_no_{act.lower()}"
        if isinstance(db, peewee.PostgresqlDatabase):
            db.execute_sql(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
                f" $$ BEGIN RAISE EXCEPTION '{why}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
            )
            db.execute_sql(
                f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
            )
        else:
            db.execute_sql(
                f"CREATE TRIGGER {name} BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, '{why}'); END"
            )


def allow_change(db: Any, table: str) -> None:
    """The way back."""
    for act in ("update", "delete"):
        name = f"{table}_no_{act}"
        if isinstance(db, peewee.PostgresqlDatabase):
            db.execute_sql(f"DROP TRIGGER {name} ON {table}")
            db.execute_sql(f"DROP FUNCTION {name}()")
        else:
            db.execute_sql(f"DROP TRIGGER {name}")
