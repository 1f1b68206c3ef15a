"""The tables of its own."""

from peewee import *
from shared.store import IdField
from shared.store import MomentField

def up(migrator, db):
    class Participant(Model):
        id = IdField(primary_key=True, max_length=36)
        organisation_id = IdField(index=True, max_length=36)
        call_name = BlobField()
        language = CharField(max_length=2)
        class Meta:
            database = db
            table_name = 'participant'
    db.create_tables([Participant])

    class Consent(Model):
        id = IdField(primary_key=True, max_length=36)
        organisation_id = IdField(max_length=36)
        participant = ForeignKeyField(Participant)
        purpose = CharField(max_length=20)
        channel = CharField(max_length=10)
        text_version = CharField(max_length=10)
        given_at = MomentField(max_length=27)
        withdrawn_at = MomentField(null=True, max_length=27)
        class Meta:
            database = db
            table_name = 'consent'
    db.create_tables([Consent])

    class Contact(Model):
        participant = ForeignKeyField(Participant, primary_key=True)
        organisation_id = IdField(max_length=36)
        email = BlobField(null=True)
        email_index = CharField(null=True, max_length=64)
        mobile = BlobField(null=True)
        mobile_index = CharField(null=True, max_length=64)
        phone_is_shared = BooleanField(default=False)
        may_leave_message = BooleanField(default=False)
        class Meta:
            database = db
            table_name = 'contact'
            indexes = ((('organisation_id', 'email_index'), False), (('organisation_id', 'mobile_index'), False))
    db.create_tables([Contact])

    class Group(Model):
        id = IdField(primary_key=True, max_length=36)
        organisation_id = IdField(index=True, max_length=36)
        name = CharField(max_length=120)
        state = CharField(max_length=20)
        audience = CharField(max_length=20)
        admission = CharField(max_length=20)
        interval_weeks = IntegerField(null=True)
        max_size = IntegerField(null=True)
        waiting_list = CharField(max_length=20)
        identity = CharField(max_length=20)
        language = CharField(max_length=2)
        weekday = IntegerField(null=True)
        at = TimeField(null=True)
        first_meeting_on = DateField(null=True)
        venue_name = CharField(max_length=120)
        area = CharField(max_length=10)
        features = JSONField()
        themes = JSONField()
        facilitator_ids = JSONField()
        class Meta:
            database = db
            table_name = 'group'
    db.create_tables([Group])

    class Signup(Model):
        id = IdField(primary_key=True, max_length=36)
        organisation_id = IdField(max_length=36)
        participant = ForeignKeyField(Participant)
        state = CharField(max_length=20)
        signed_up_by = CharField(max_length=10)
        received_at = MomentField(max_length=27)
        help_question = BlobField(null=True)
        audience = CharField(null=True, max_length=20)
        days = JSONField(default=list)
        parts_of_day = JSONField(default=list)
        area = CharField(null=True, max_length=4)
        needs = JSONField(default=list)
        themes = JSONField(default=list)
        avoided_groups = JSONField(default=list)
        closed_because = CharField(null=True, max_length=20)
        closed_at = MomentField(null=True, max_length=27)
        class Meta:
            database = db
            table_name = 'signup'
            indexes = ((('organisation_id', 'state'), False),)
    db.create_tables([Signup])

    class IntroTalk(Model):
        id = IdField(primary_key=True, max_length=36)
        organisation_id = IdField(max_length=36)
        signup = ForeignKeyField(Signup)
        host_staff_id = IdField(max_length=36)
        on = DateField()
        at = TimeField()
        zone = CharField(max_length=40)
        minutes = IntegerField()
        form = CharField(max_length=20)
        place = CharField(max_length=200)
        state = CharField(max_length=20)
        called_off_by = CharField(null=True, max_length=20)
        outcome = CharField(null=True, max_length=20)
        group_id = IdField(null=True, max_length=36)
        reason = BlobField(null=True)
        helps_instead = CharField(null=True, max_length=20)
        way_back = CharField(null=True, max_length=20)
        second_look = BooleanField(default=False)
        decided_at = MomentField(null=True, max_length=27)
        class Meta:
            database = db
            table_name = 'intro_talk'
    db.create_tables([IntroTalk])

    class Meeting(Model):
        id = IdField(primary_key=True, max_length=36)
        organisation_id = IdField(max_length=36)
        group_id = IdField(max_length=36)
        on = DateField()
        at = TimeField()
        zone = CharField(max_length=40)
        state = CharField(max_length=20)
        class Meta:
            database = db
            table_name = 'meeting'
            indexes = ((('group_id', 'on'), False),)
    db.create_tables([Meeting])

    class Membership(Model):
        id = IdField(primary_key=True, max_length=36)
        organisation_id = IdField(max_length=36)
        participant_id = IdField(max_length=36)
        group_id = IdField(max_length=36)
        state = CharField(max_length=20)
        starts_on = DateField()
        class Meta:
            database = db
            table_name = 'membership'
            indexes = ((('group_id', 'state'), False), (('participant_id',), False))
    db.create_tables([Membership])

    class Organisation(Model):
        id = IdField(primary_key=True, max_length=36)
        name = CharField(max_length=120)
        slug = CharField(index=True, max_length=60)
        region = CharField(max_length=120)
        class Meta:
            database = db
            table_name = 'organisation'
    db.create_tables([Organisation])

    class Placement(Model):
        id = IdField(primary_key=True, max_length=36)
        organisation_id = IdField(max_length=36)
        signup = ForeignKeyField(Signup)
        participant = ForeignKeyField(Participant)
        group_id = IdField(index=True, max_length=36)
        starts_on = DateField()
        state = CharField(max_length=20)
        placed_at = MomentField(max_length=27)
        returned_because = CharField(null=True, max_length=40)
        class Meta:
            database = db
            table_name = 'placement'
    db.create_tables([Placement])

    class Reachability(Model):
        participant_id = IdField(primary_key=True, max_length=36)
        organisation_id = IdField(max_length=36)
        channels = JSONField()
        refused = JSONField()
        class Meta:
            database = db
            table_name = 'reachability'
    db.create_tables([Reachability])

    class StaffGrant(Model):
        organisation_id = IdField(max_length=36)
        staff_id = IdField(index=True, max_length=36)
        role = CharField(max_length=20)
        class Meta:
            database = db
            table_name = 'staff_grant'
            primary_key = CompositeKey('organisation_id', 'staff_id', 'role')
    db.create_tables([StaffGrant])

    class StaffMember(Model):
        id = IdField(primary_key=True, max_length=36)
        name = BlobField()
        is_active = BooleanField()
        class Meta:
            database = db
            table_name = 'staff_member'
    db.create_tables([StaffMember])


def down(migrator, db):
    migrator.migrate(migrator.drop_table('staff_member'))
    migrator.migrate(migrator.drop_table('staff_grant'))
    migrator.migrate(migrator.drop_table('reachability'))
    migrator.migrate(migrator.drop_table('placement'))
    migrator.migrate(migrator.drop_table('organisation'))
    migrator.migrate(migrator.drop_table('membership'))
    migrator.migrate(migrator.drop_table('meeting'))
    migrator.migrate(migrator.drop_table('intro_talk'))
    migrator.migrate(migrator.drop_table('signup'))
    migrator.migrate(migrator.drop_table('group'))
    migrator.migrate(migrator.drop_table('contact'))
    migrator.migrate(migrator.drop_table('consent'))
    migrator.migrate(migrator.drop_table('participant'))
