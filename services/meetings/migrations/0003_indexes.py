"""The indexes that only count for some rows: one name for groups that run, one active stay in a group."""


def up(migrator, db):
    db.execute_sql(
        "CREATE UNIQUE INDEX peer_group_name ON peer_group (organisation_id, name) WHERE state <> 'ended'"
    )
    db.execute_sql(
        "CREATE UNIQUE INDEX membership_active ON membership (organisation_id, group_id, participant_id)"
        " WHERE state = 'active'"
    )


def down(migrator, db):
    db.execute_sql("DROP INDEX peer_group_name")
    db.execute_sql("DROP INDEX membership_active")
