"""What the sweep looks for every second: only what can still expire."""


def up(migrator, db):
    db.execute_sql(
        "CREATE INDEX measurement_unfinished ON measurement (expires_at) WHERE state IN ('open', 'started')"
    )


def down(migrator, db):
    db.execute_sql("DROP INDEX measurement_unfinished")
