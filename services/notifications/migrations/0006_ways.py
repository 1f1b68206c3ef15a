"""How people may be reached: wishes, addresses, receipts, replies, and what limits text messages."""

from peewee import *
from shared.store import IdField
from shared.store import MomentField


def up(migrator, db):
    class OptOut(Model):
        organisation_id = IdField()
        participant_id = IdField(index=True)
        purpose = CharField(max_length=20)
        at = MomentField()
        by = CharField(max_length=10)
        is_heard = BooleanField(default=False)
        class Meta:
            database = db
            table_name = 'opt_out'
            indexes = ((('organisation_id', 'participant_id', 'purpose'), True),)

    class Preference(Model):
        id = IdField(primary_key=True)
        organisation_id = IdField()
        channels = JSONField(null=True)
        quiet_from = TimeField(null=True)
        quiet_until = TimeField(null=True)
        paused_until = MomentField(null=True)
        class Meta:
            database = db
            table_name = 'preference'

    class Address(Model):
        organisation_id = IdField()
        participant_id = IdField(index=True)
        channel = CharField(max_length=5)
        blind = CharField(max_length=64, index=True)
        heard_at = MomentField()
        needs_proof = BooleanField(default=False)
        confirmed_at = MomentField(null=True)
        confirmed_by = CharField(max_length=10, null=True)
        refused_at = MomentField(null=True)
        class Meta:
            database = db
            table_name = 'address'
            indexes = ((('organisation_id', 'participant_id', 'channel', 'blind'), True),)

    class WayChange(Model):
        organisation_id = IdField()
        participant_id = IdField(index=True)
        at = MomentField()
        what = CharField(max_length=12)
        detail = CharField(max_length=20)
        by = CharField(max_length=10)
        class Meta:
            database = db
            table_name = 'way_change'

    class Receipt(Model):
        organisation_id = IdField()
        message_id = IdField()
        channel = CharField(max_length=5)
        outcome = CharField(max_length=12)
        code = CharField(max_length=20)
        at = MomentField()
        class Meta:
            database = db
            table_name = 'receipt'
            indexes = ((('organisation_id', 'message_id', 'outcome', 'code'), True),)

    class Reply(Model):
        id = IdField(primary_key=True)
        organisation_id = CharField(max_length=36)
        participant_id = IdField(null=True, index=True)
        message_id = IdField(null=True)
        sender = BlobField()
        text = BlobField()
        received_at = MomentField(index=True)
        fingerprint = CharField(max_length=64)
        seen_at = MomentField(null=True)
        seen_by = IdField(null=True)
        class Meta:
            database = db
            table_name = 'reply'
            indexes = ((('organisation_id', 'fingerprint'), True),)

    class TextSent(Model):
        organisation_id = IdField()
        message_id = IdField()
        at = MomentField(index=True)
        number = CharField(max_length=64)
        block = CharField(max_length=64)
        parts = IntegerField()
        class Meta:
            database = db
            table_name = 'text_sent'

    db.create_tables([OptOut, Preference, Address, WayChange, Receipt, Reply, TextSent])
    migrator.migrate(migrator.add_column('delivery_attempt', 'address_index', CharField(max_length=64, null=True)))
    # Who leads which group may be here already, with what is sent after a missed meeting.
    if 'group_ids' not in {column.name for column in db.get_columns('staff')}:
        migrator.migrate(migrator.add_column('staff', 'group_ids', JSONField(null=True)))


def down(migrator, db):
    migrator.migrate(migrator.drop_column('delivery_attempt', 'address_index'))
    for table in ('text_sent', 'reply', 'receipt', 'way_change', 'address', 'preference', 'opt_out'):
        migrator.migrate(migrator.drop_table(table))
