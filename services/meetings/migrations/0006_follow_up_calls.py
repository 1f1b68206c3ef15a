"""Who may be called after a missed meeting, and what people say yes to."""

from peewee import CharField, DateField, ForeignKeyField, JSONField, Model

from shared.store import IdField, MomentField


def up(migrator, db):
    class Organisation(Model):
        id = IdField(primary_key=True)

        class Meta:
            database = db
            table_name = "organisation"

    class Meeting(Model):
        id = IdField(primary_key=True)

        class Meta:
            database = db
            table_name = "meeting"

    class Membership(Model):
        id = IdField(primary_key=True)

        class Meta:
            database = db
            table_name = "membership"

    class FollowUpCall(Model):
        id = IdField(primary_key=True)
        organisation = ForeignKeyField(Organisation)
        meeting = ForeignKeyField(Meeting)
        membership = ForeignKeyField(Membership)
        state = CharField(max_length=10)
        later_on = DateField(null=True)
        lapses_at = MomentField(index=True)
        reason = CharField(max_length=20, null=True)
        closed_at = MomentField(null=True)
        closed_by = CharField(max_length=60, null=True)

        class Meta:
            database = db
            table_name = "follow_up_call"
            indexes = ((("organisation", "meeting", "membership"), True),)

    class Consent(Model):
        id = IdField(primary_key=True)
        organisation_id = IdField(index=True)
        purposes = JSONField()

        class Meta:
            database = db
            table_name = "consent"

    db.create_tables([FollowUpCall, Consent])


def down(migrator, db):
    migrator.migrate(migrator.drop_table("consent"))
    migrator.migrate(migrator.drop_table("follow_up_call"))
