"""Whether somebody may be brought along to a group."""

from peewee import BooleanField


def up(migrator, db):
    migrator.migrate(migrator.add_column("group", "bring_somebody", BooleanField(null=True)))


def down(migrator, db):
    migrator.migrate(migrator.drop_column("group", "bring_somebody"))
