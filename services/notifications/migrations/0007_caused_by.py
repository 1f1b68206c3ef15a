"""Which letter a message came from."""

from shared.store import IdField


def up(migrator, db):
    migrator.migrate(migrator.add_column("message", "caused_by", IdField(null=True)))
    db.execute_sql("CREATE INDEX message_caused_by_set ON message (caused_by) WHERE caused_by IS NOT NULL")


def down(migrator, db):
    db.execute_sql("DROP INDEX message_caused_by_set")
    migrator.migrate(migrator.drop_column("message", "caused_by"))
