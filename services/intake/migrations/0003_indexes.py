"""What may be there only once as long as it is open."""

_ONCE = {
    "consent_given_once": "consent (organisation_id, participant_id, purpose, channel) WHERE withdrawn_at IS NULL",
    "intro_talk_planned_once": "intro_talk (organisation_id, signup_id) WHERE state IN ('planned', 'moved')",
    "placement_open_once": "placement (organisation_id, group_id, participant_id) WHERE state = 'placed'",
}


def up(migrator, db):
    for name, what in _ONCE.items():
        db.execute_sql(f"CREATE UNIQUE INDEX {name} ON {what}")


def down(migrator, db):
    for name in _ONCE:
        db.execute_sql(f"DROP INDEX {name}")
