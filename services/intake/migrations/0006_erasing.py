"""Who was forgotten and how far that is; who asked for it, and which service has answered."""

from peewee import CharField, Model

from shared import erasing_v1
from shared.store import IdField, MomentField


def up(migrator, db):
    erasing_v1.up(db)

    class ErasureRequest(Model):
        participant_id = IdField(primary_key=True)
        organisation_id = IdField(index=True)
        asked_by = CharField(max_length=10)
        asked_at = MomentField()
        noted_at = MomentField(null=True)

        class Meta:
            database = db
            table_name = "erasure_request"

    class ErasureAnswer(Model):
        organisation_id = IdField()
        participant_id = IdField()
        service = CharField(max_length=20)
        answered_at = MomentField()

        class Meta:
            database = db
            table_name = "erasure_answer"
            indexes = ((("organisation_id", "participant_id", "service"), True),)

    db.create_tables([ErasureRequest, ErasureAnswer])


def down(migrator, db):
    migrator.migrate(migrator.drop_table("erasure_answer"), migrator.drop_table("erasure_request"))
    erasing_v1.down(db)
