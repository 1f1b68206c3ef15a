"""Indexes of what still waits, and a life to which steps can only be added."""

from shared.store import allow_change, forbid_change

_SET = ("due_at", "asked_at", "claimed_until", "talk_id", "meeting_id", "membership_id", "measurement_id")


def up(migrator, db):
    db.execute_sql(
        "CREATE INDEX message_waiting ON message (expires_at) WHERE state IN ('planned', 'held', 'due')"
    )
    for column in _SET:
        db.execute_sql(f"CREATE INDEX message_{column}_set ON message ({column}) WHERE {column} IS NOT NULL")
    forbid_change(db, "message_step", "a life is only added to")


def down(migrator, db):
    allow_change(db, "message_step")
    for name in ("message_waiting", *(f"message_{column}_set" for column in _SET)):
        db.execute_sql(f"DROP INDEX {name}")
