"""The tables of its own."""

from peewee import *
from shared.store import IdField
from shared.store import MomentField


def up(migrator, db):
    class Consent(Model):
        id = IdField(primary_key=True, max_length=36)
        organisation_id = IdField(max_length=36)
        purposes = JSONField()
        class Meta:
            database = db
            table_name = 'consent'
    db.create_tables([Consent])

    class Contact(Model):
        id = IdField(primary_key=True, max_length=36)
        organisation_id = IdField(max_length=36)
        email = BlobField(null=True)
        mobile = BlobField(null=True)
        may_leave_message = BooleanField()
        phone_is_shared = BooleanField()
        channels = JSONField()
        refused = JSONField(default=list)
        class Meta:
            database = db
            table_name = 'contact'
    db.create_tables([Contact])

    class DeliveryAttempt(Model):
        organisation_id = IdField(max_length=36)
        message_id = IdField(max_length=36)
        number = IntegerField()
        channel = CharField(max_length=5)
        started_at = MomentField(max_length=27)
        handing_over_at = MomentField(null=True, max_length=27)
        ended_at = MomentField(null=True, max_length=27)
        outcome = CharField(null=True, max_length=20)
        reply_code = IntegerField(null=True)
        provider_id = CharField()
        class Meta:
            database = db
            table_name = 'delivery_attempt'
            indexes = ((('organisation_id', 'message_id', 'number'), True),)
    db.create_tables([DeliveryAttempt])

    class Group(Model):
        id = IdField(primary_key=True, max_length=36)
        organisation_id = IdField(max_length=36)
        name = CharField(max_length=120)
        state = CharField(max_length=12)
        place_name = CharField(null=True)
        place_address = CharField(null=True)
        class Meta:
            database = db
            table_name = 'support_group'
    db.create_tables([Group])

    class Measurement(Model):
        id = IdField(primary_key=True, max_length=36)
        organisation_id = IdField(max_length=36)
        participant_id = IdField(max_length=36)
        expires_at = MomentField(null=True, max_length=27)
        state = CharField(max_length=12)
        class Meta:
            database = db
            table_name = 'measurement'
    db.create_tables([Measurement])

    class Meeting(Model):
        id = IdField(primary_key=True, max_length=36)
        organisation_id = IdField(max_length=36)
        group_id = IdField(max_length=36)
        on = DateField()
        at = TimeField()
        zone = CharField(max_length=40)
        minutes = IntegerField()
        state = CharField(max_length=20)
        turn = IntegerField()
        class Meta:
            database = db
            table_name = 'meeting'
            indexes = ((('group_id', 'state', 'on'), False),)
    db.create_tables([Meeting])

    class Membership(Model):
        id = IdField(primary_key=True, max_length=36)
        organisation_id = IdField(max_length=36)
        participant_id = IdField(max_length=36)
        group_id = IdField(index=True, max_length=36)
        state = CharField(max_length=12)
        starts_on = DateField()
        turn = IntegerField()
        class Meta:
            database = db
            table_name = 'membership'
    db.create_tables([Membership])

    class Message(Model):
        id = IdField(primary_key=True, max_length=36)
        organisation_id = IdField(max_length=36)
        kind = CharField(max_length=40)
        participant_id = IdField(index=True, null=True, max_length=36)
        staff_id = IdField(null=True, max_length=36)
        talk_id = IdField(null=True, max_length=36)
        meeting_id = IdField(null=True, max_length=36)
        membership_id = IdField(null=True, max_length=36)
        measurement_id = IdField(null=True, max_length=36)
        sign_in_id = IdField(null=True, max_length=36)
        dedupe = CharField(max_length=160)
        turn = IntegerField(default=0)
        change = CharField(null=True, max_length=12)
        old_on = DateField(null=True)
        old_at = TimeField(null=True)
        state = CharField(max_length=12)
        reason = CharField(null=True, max_length=30)
        made_at = MomentField(max_length=27)
        changed_at = MomentField(index=True, max_length=27)
        due_at = MomentField(null=True, max_length=27)
        asked_at = MomentField(null=True, max_length=27)
        expires_at = MomentField(max_length=27)
        channel = CharField(null=True, max_length=5)
        secret = BlobField(null=True)
        composed = BlobField(null=True)
        tries = IntegerField(default=0)
        claim_token = IdField(null=True, max_length=36)
        claimed_until = MomentField(null=True, max_length=27)
        attended_at = MomentField(null=True, max_length=27)
        attended_by = IdField(null=True, max_length=36)
        class Meta:
            database = db
            table_name = 'message'
            indexes = ((('organisation_id', 'dedupe'), True), (('organisation_id', 'state', 'changed_at'), False))
    db.create_tables([Message])

    class MessageStep(Model):
        organisation_id = IdField(max_length=36)
        message_id = IdField(index=True, max_length=36)
        at = MomentField(max_length=27)
        state = CharField(max_length=12)
        reason = CharField(null=True, max_length=30)
        actor_id = CharField()
        class Meta:
            database = db
            table_name = 'message_step'
    db.create_tables([MessageStep])

    class Organisation(Model):
        id = IdField(primary_key=True, max_length=36)
        name = CharField(max_length=120)
        class Meta:
            database = db
            table_name = 'organisation'
    db.create_tables([Organisation])

    class Participant(Model):
        id = IdField(primary_key=True, max_length=36)
        organisation_id = IdField(max_length=36)
        call_name = BlobField()
        language = CharField(max_length=2)
        class Meta:
            database = db
            table_name = 'participant'
    db.create_tables([Participant])

    class Reach(Model):
        id = IdField(primary_key=True, max_length=36)
        organisation_id = IdField(max_length=36)
        channels = JSONField()
        refused = JSONField()
        class Meta:
            database = db
            table_name = 'reach'
    db.create_tables([Reach])

    class Staff(Model):
        id = IdField(primary_key=True, max_length=36)
        name = BlobField()
        email = BlobField()
        is_active = BooleanField()
        organisation_ids = JSONField()
        class Meta:
            database = db
            table_name = 'staff'
    db.create_tables([Staff])

    class Talk(Model):
        id = IdField(primary_key=True, max_length=36)
        organisation_id = IdField(max_length=36)
        participant_id = IdField(max_length=36)
        host_staff_id = IdField(null=True, max_length=36)
        on = DateField(null=True)
        at = TimeField(null=True)
        zone = CharField(null=True, max_length=40)
        minutes = IntegerField(null=True)
        form = CharField(null=True, max_length=20)
        place = CharField(null=True)
        state = CharField(max_length=12)
        turn = IntegerField()
        told_by = CharField(max_length=24)
        class Meta:
            database = db
            table_name = 'talk'
    db.create_tables([Talk])


def down(migrator, db):
    migrator.migrate(migrator.drop_table('talk'))
    migrator.migrate(migrator.drop_table('staff'))
    migrator.migrate(migrator.drop_table('reach'))
    migrator.migrate(migrator.drop_table('participant'))
    migrator.migrate(migrator.drop_table('organisation'))
    migrator.migrate(migrator.drop_table('message_step'))
    migrator.migrate(migrator.drop_table('message'))
    migrator.migrate(migrator.drop_table('membership'))
    migrator.migrate(migrator.drop_table('meeting'))
    migrator.migrate(migrator.drop_table('measurement'))
    migrator.migrate(migrator.drop_table('support_group'))
    migrator.migrate(migrator.drop_table('delivery_attempt'))
    migrator.migrate(migrator.drop_table('contact'))
    migrator.migrate(migrator.drop_table('consent'))
