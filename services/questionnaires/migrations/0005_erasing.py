"""Who was forgotten, and how far that is."""

from shared import erasing_v1


def up(migrator, db):
    erasing_v1.up(db)


def down(migrator, db):
    erasing_v1.down(db)
