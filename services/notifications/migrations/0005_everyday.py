"""What the everyday cases need: who called off or was missed, who leads what, and messages that belong together."""

from peewee import *
from shared.store import IdField
from shared.store import MomentField


def up(migrator, db):
    class CallOff(Model):
        organisation_id = IdField(max_length=36)
        meeting_id = IdField(max_length=36)
        membership_id = IdField(index=True, max_length=36)
        state = CharField(max_length=10)
        turn = IntegerField()
        told_by = CharField(max_length=24)
        class Meta:
            database = db
            table_name = 'call_off'
            indexes = ((('organisation_id', 'meeting_id', 'membership_id'), True),)
    db.create_tables([CallOff])

    class Absence(Model):
        organisation_id = IdField(max_length=36)
        meeting_id = IdField(max_length=36)
        membership_id = IdField(index=True, max_length=36)
        mark = CharField(max_length=12)
        turn = IntegerField()
        told_by = CharField(max_length=24)
        class Meta:
            database = db
            table_name = 'absence'
            indexes = ((('organisation_id', 'meeting_id', 'membership_id'), True),)
    db.create_tables([Absence])

    migrator.migrate(
        migrator.add_column('staff', 'group_ids', JSONField(null=True)),
        migrator.add_column('meeting', 'place_name', CharField(null=True)),
        migrator.add_column('meeting', 'place_address', CharField(null=True)),
        migrator.add_column('meeting', 'substitute_ids', JSONField(null=True)),
        migrator.add_column('meeting', 'told_by', CharField(null=True, max_length=24)),
        migrator.add_column('message', 'beside', CharField(null=True, max_length=160)),
        migrator.add_column('message', 'carried_by', IdField(null=True, max_length=36)),
        migrator.add_column('message', 'line', BlobField(null=True)),
        migrator.add_column('message', 'line_by', IdField(null=True, max_length=36)),
    )
    db.execute_sql("CREATE INDEX message_carried_by_set ON message (carried_by) WHERE carried_by IS NOT NULL")


def down(migrator, db):
    db.execute_sql("DROP INDEX message_carried_by_set")
    for table, columns in (
        ('message', ('beside', 'carried_by', 'line', 'line_by')),
        ('meeting', ('place_name', 'place_address', 'substitute_ids', 'told_by')),
        ('staff', ('group_ids',)),
    ):
        for column in columns:
            migrator.migrate(migrator.drop_column(table, column))
    migrator.migrate(migrator.drop_table('absence'))
    migrator.migrate(migrator.drop_table('call_off'))
