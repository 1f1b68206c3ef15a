"""Indexes of what still waits, and a life to which steps can only be added."""

_SET = ("due_at", "asked_at", "claimed_until", "talk_id", "meeting_id", "membership_id", "measurement_id")


def up(migrator, db):
    db.execute_sql(
        "CREATE INDEX message_waiting ON message (expires_at) WHERE state IN ('planned', 'held', 'due')"
    )
    for column in _SET:
        db.execute_sql(f"CREATE INDEX message_{column}_set ON message ({column}) WHERE {column} IS NOT NULL")
    for act in ("UPDATE", "DELETE"):
        db.execute_sql(
            f"CREATE TRIGGER message_step_no_{act.lower()} BEFORE {act} ON message_step"
            " BEGIN SELECT RAISE(ABORT, 'a life is only added to'); END"
        )


def down(migrator, db):
    for act in ("update", "delete"):
        db.execute_sql(f"DROP TRIGGER message_step_no_{act}")
    for name in ("message_waiting", *(f"message_{column}_set" for column in _SET)):
        db.execute_sql(f"DROP INDEX {name}")
