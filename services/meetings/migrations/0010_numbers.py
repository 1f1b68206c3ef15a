"""A letter has its number from the moment it is said."""

from shared import tables_v3


def up(migrator, db):
    tables_v3.up(migrator, db)


def down(migrator, db):
    tables_v3.down(migrator, db)
