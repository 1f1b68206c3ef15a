"""That somebody will not come, for this once."""

from peewee import CharField, ForeignKeyField, Model

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

    class CallOff(Model):
        id = IdField(primary_key=True)
        organisation = ForeignKeyField(Organisation)
        meeting = ForeignKeyField(Meeting)
        membership = ForeignKeyField(Membership)
        state = CharField(max_length=10)
        at = MomentField()

        class Meta:
            database = db
            table_name = "call_off"
            indexes = ((("organisation", "meeting", "membership"), True),)

    db.create_tables([CallOff])


def down(migrator, db):
    migrator.migrate(migrator.drop_table("call_off"))
