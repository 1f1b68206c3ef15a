"""The tables of its own."""

from peewee import *
from shared.store import IdField
from shared.store import MomentField

def up(migrator, db):
    class Measurement(Model):
        id = IdField(primary_key=True, max_length=36)
        organisation_id = IdField(max_length=36)
        participant_id = IdField(index=True, max_length=36)
        group_id = IdField(index=True, max_length=36)
        questionnaire = CharField(max_length=60)
        version = IntegerField()
        moment = CharField(max_length=20)
        state = CharField(max_length=20)
        opened_at = MomentField(max_length=27)
        expires_at = MomentField(max_length=27)
        completed_at = MomentField(null=True, max_length=27)
        class Meta:
            database = db
            table_name = 'measurement'
            indexes = ((('organisation_id', 'participant_id', 'group_id', 'questionnaire', 'moment'), True),)
    db.create_tables([Measurement])

    class Answer(Model):
        id = IdField(primary_key=True, max_length=36)
        organisation_id = IdField(max_length=36)
        measurement = ForeignKeyField(Measurement)
        item_key = CharField(max_length=40)
        value = BlobField()
        request_id = IdField(max_length=36)
        class Meta:
            database = db
            table_name = 'answer'
            indexes = ((('organisation_id', 'measurement', 'item_key'), True),)
    db.create_tables([Answer])

    class Consent(Model):
        participant_id = IdField(primary_key=True, max_length=36)
        organisation_id = IdField(max_length=36)
        may_ask = BooleanField()
        class Meta:
            database = db
            table_name = 'consent'
    db.create_tables([Consent])

    class Group(Model):
        id = IdField(primary_key=True, max_length=36)
        organisation_id = IdField(index=True, max_length=36)
        name = CharField(max_length=120)
        state = CharField(max_length=20)
        chosen = JSONField()
        class Meta:
            database = db
            table_name = 'group'
    db.create_tables([Group])

    class Membership(Model):
        id = IdField(primary_key=True, max_length=36)
        organisation_id = IdField(index=True, max_length=36)
        group_id = IdField(index=True, max_length=36)
        participant_id = IdField(index=True, max_length=36)
        is_active = BooleanField()
        class Meta:
            database = db
            table_name = 'membership'
    db.create_tables([Membership])

    class Organisation(Model):
        id = IdField(primary_key=True, max_length=36)
        name = CharField(max_length=120)
        permitted = JSONField()
        class Meta:
            database = db
            table_name = 'organisation'
    db.create_tables([Organisation])


def down(migrator, db):
    migrator.migrate(migrator.drop_table('organisation'))
    migrator.migrate(migrator.drop_table('membership'))
    migrator.migrate(migrator.drop_table('group'))
    migrator.migrate(migrator.drop_table('consent'))
    migrator.migrate(migrator.drop_table('answer'))
    migrator.migrate(migrator.drop_table('measurement'))
