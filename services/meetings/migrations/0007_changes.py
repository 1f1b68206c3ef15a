"""What is different about one meeting, and the addresses of calendars."""

from peewee import CharField, DateField, ForeignKeyField, Model, TimeField

from shared.store import IdField, MomentField


def up(migrator, db):
    class Organisation(Model):
        id = IdField(primary_key=True)

        class Meta:
            database = db
            table_name = "organisation"

    class Group(Model):
        id = IdField(primary_key=True)

        class Meta:
            database = db
            table_name = "peer_group"

    class Meeting(Model):
        id = IdField(primary_key=True)

        class Meta:
            database = db
            table_name = "meeting"

    class Staff(Model):
        id = IdField(primary_key=True)

        class Meta:
            database = db
            table_name = "staff"

    class MeetingChange(Model):
        id = IdField(primary_key=True)
        organisation = ForeignKeyField(Organisation)
        meeting = ForeignKeyField(Meeting)
        kind = CharField(max_length=10)
        old_on = DateField(null=True)
        old_at = TimeField(null=True)
        at = MomentField()
        by = CharField(max_length=60)

        class Meta:
            database = db
            table_name = "meeting_change"

    class MeetingPlace(Model):
        organisation = ForeignKeyField(Organisation)
        meeting = ForeignKeyField(Meeting)
        name = CharField(max_length=120)
        address = CharField(max_length=200)

        class Meta:
            database = db
            table_name = "meeting_place"
            indexes = ((("organisation", "meeting"), True),)

    class Substitute(Model):
        organisation = ForeignKeyField(Organisation)
        meeting = ForeignKeyField(Meeting)
        staff = ForeignKeyField(Staff)

        class Meta:
            database = db
            table_name = "substitute"
            indexes = ((("organisation", "meeting", "staff"), True),)

    class CalendarFeed(Model):
        id = IdField(primary_key=True)
        organisation = ForeignKeyField(Organisation)
        group = ForeignKeyField(Group, null=True)
        participant_id = IdField(null=True)
        secret_hash = CharField(max_length=64, index=True)
        made_at = MomentField()

        class Meta:
            database = db
            table_name = "calendar_feed"
            indexes = (
                (("organisation", "group"), True),
                (("organisation", "participant_id"), True),
                (("organisation", "secret_hash"), True),
            )

    db.create_tables([MeetingChange, MeetingPlace, Substitute, CalendarFeed])


def down(migrator, db):
    for table in ("calendar_feed", "substitute", "meeting_place", "meeting_change"):
        migrator.migrate(migrator.drop_table(table))
