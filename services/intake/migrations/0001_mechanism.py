"""The outbox, inbox and the rest of the mechanism."""

from shared import tables_v1


def up(migrator, db):
    tables_v1.up(db)


def down(migrator, db):
    tables_v1.down(db)
