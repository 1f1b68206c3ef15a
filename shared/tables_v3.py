"""Letters have their numbers from the beginning; what still waited for one gets it here. Frozen."""

from __future__ import annotations

from typing import Any

from peewee import BigIntegerField

_NUMBER = (
    "UPDATE outbox SET seq = n.seq FROM (SELECT id, COALESCE((SELECT MAX(seq) FROM outbox), 0)"
    " + row_number() OVER (ORDER BY id) AS seq FROM outbox WHERE seq IS NULL) AS n WHERE outbox.id = n.id"
)
_HEAD = (
    "INSERT INTO outbox_head (id, epoch, seq, sent) SELECT 1, 1, 0, 0 WHERE NOT EXISTS (SELECT 1 FROM outbox_head)"
)


def up(migrator: Any, db: Any) -> None:
    """Nobody writes meanwhile, so the order of ids is the order of commits."""
    db.execute_sql(_NUMBER)
    db.execute_sql("DROP INDEX outbox_unnumbered")
    migrator.migrate(migrator.drop_column("outbox_head", "seq"), migrator.add_not_null("outbox", "seq"))


def down(migrator: Any, db: Any) -> None:
    """The way back."""
    migrator.migrate(
        migrator.drop_not_null("outbox", "seq"),
        migrator.add_column("outbox_head", "seq", BigIntegerField(default=0)),
    )
    db.execute_sql(_HEAD)
    db.execute_sql("UPDATE outbox_head SET seq = (SELECT COALESCE(MAX(seq), 0) FROM outbox)")
    db.execute_sql("CREATE INDEX outbox_unnumbered ON outbox (id) WHERE seq IS NULL")
