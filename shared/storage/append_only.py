"""Tables to which rows can only be added, enforced by the database itself."""

from __future__ import annotations

import peewee


def forbid_change(db: peewee.Database, table: str, why: str) -> None:
    """Refuse every UPDATE and DELETE of this table with the text `why`, from this migration on."""
    for statement in ("UPDATE", "DELETE"):
        name = f"{table}_no_{statement.lower()}"
        if isinstance(db, peewee.PostgresqlDatabase):
            db.execute_sql(
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
                f" $$ BEGIN RAISE EXCEPTION '{why}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
            )
            db.execute_sql(
                f"CREATE TRIGGER {name} BEFORE {statement} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
            )
        else:
            db.execute_sql(
                f"CREATE TRIGGER {name} BEFORE {statement} ON {table} BEGIN SELECT RAISE(ABORT, '{why}'); END"
            )


def allow_change(db: peewee.Database, table: str) -> None:
    """Undo `forbid_change`, in a migration."""
    for statement in ("update", "delete"):
        name = f"{table}_no_{statement}"
        if isinstance(db, peewee.PostgresqlDatabase):
            db.execute_sql(f"DROP TRIGGER {name} ON {table}")
            db.execute_sql(f"DROP FUNCTION {name}()")
        else:
            db.execute_sql(f"DROP TRIGGER {name}")
