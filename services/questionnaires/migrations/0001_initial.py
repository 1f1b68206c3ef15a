"""The tables of questionnaires, and those of the mechanism below it."""

from peewee import BlobField, BooleanField, CharField, ForeignKeyField, IntegerField, JSONField, Model

from shared.storage import IdField, MomentField
from shared.storage import tables_v1

_INDEXES = ("CREATE INDEX measurement_unfinished ON measurement (expires_at) WHERE state IN ('open', 'started')",)


def _tables():
    class Measurement(Model):
        id = IdField(primary_key=True)
        organisation_id = IdField()
        participant_id = IdField(index=True)
        group_id = IdField(index=True)
        questionnaire = CharField(max_length=60)
        version = IntegerField()
        moment = CharField(max_length=20)
        state = CharField(max_length=20)
        opened_at = MomentField()
        expires_at = MomentField()
        completed_at = MomentField(null=True)

        class Meta:
            table_name = "measurement"
            indexes = ((("organisation_id", "participant_id", "group_id", "questionnaire", "moment"), True),)

    class Answer(Model):
        id = IdField(primary_key=True)
        organisation_id = IdField()
        measurement = ForeignKeyField(Measurement)
        item_key = CharField(max_length=40)
        value = BlobField()
        request_id = IdField()

        class Meta:
            table_name = "answer"
            indexes = ((("organisation_id", "measurement", "item_key"), True),)

    class Consent(Model):
        participant_id = IdField(primary_key=True)
        organisation_id = IdField()
        may_ask = BooleanField()

        class Meta:
            table_name = "consent"

    class Participant(Model):
        participant_id = IdField(primary_key=True)
        organisation_id = IdField()
        language = CharField(max_length=2)

        class Meta:
            table_name = "participant"

    class Group(Model):
        id = IdField(primary_key=True)
        organisation_id = IdField(index=True)
        name = CharField(max_length=120)
        state = CharField(max_length=20)
        chosen = JSONField()

        class Meta:
            table_name = "group"

    class Membership(Model):
        id = IdField(primary_key=True)
        organisation_id = IdField(index=True)
        group_id = IdField(index=True)
        participant_id = IdField(index=True)
        is_active = BooleanField()

        class Meta:
            table_name = "membership"

    class Organisation(Model):
        id = IdField(primary_key=True)
        name = CharField(max_length=120)
        permitted = JSONField()

        class Meta:
            table_name = "organisation"

    return [Measurement, Answer, Consent, Group, Membership, Organisation, Participant]


def up(migrator, db):
    tables_v1.up(db)
    tables = _tables()
    with db.bind_ctx(tables):
        db.create_tables(tables)
    for statement in _INDEXES:
        db.execute_sql(statement)


def down(migrator, db):
    tables = _tables()
    with db.bind_ctx(tables):
        db.drop_tables(tables)
    tables_v1.down(db)
