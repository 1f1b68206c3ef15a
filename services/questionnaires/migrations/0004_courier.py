"""How far letters were handed to the courier, and which heads of other logs were seen."""

from shared import tables_v2


def up(migrator, db):
    tables_v2.up(migrator)


def down(migrator, db):
    tables_v2.down(migrator)
