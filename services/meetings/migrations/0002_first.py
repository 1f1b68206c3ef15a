"""The tables of its own."""

from peewee import *
from shared.store import IdField
from shared.store import MomentField

def up(migrator, db):
    class Organisation(Model):
        id = IdField(primary_key=True, max_length=36)
        name = CharField(max_length=120)
        slug = CharField(unique=True, max_length=60)
        region = CharField(max_length=120)
        parent_organisation = ForeignKeyField('self', null=True)
        nel_permission_at = MomentField(null=True, max_length=27)
        class Meta:
            database = db
            table_name = 'organisation'
    db.create_tables([Organisation])

    class Venue(Model):
        id = IdField(primary_key=True, max_length=36)
        organisation = ForeignKeyField(Organisation)
        name = CharField(max_length=120)
        address = CharField(max_length=200)
        area = CharField(max_length=10)
        features = JSONField()
        class Meta:
            database = db
            table_name = 'venue'
            indexes = ((('organisation', 'name'), True),)
    db.create_tables([Venue])

    class Group(Model):
        id = IdField(primary_key=True, max_length=36)
        organisation = ForeignKeyField(Organisation)
        name = CharField(max_length=80)
        kind = CharField(max_length=40)
        bends = JSONField()
        state = CharField(max_length=20)
        venue = ForeignKeyField(Venue, null=True)
        themes = JSONField()
        class Meta:
            database = db
            table_name = 'peer_group'
    db.create_tables([Group])

    class MeetingSeries(Model):
        id = IdField(primary_key=True, max_length=36)
        organisation = ForeignKeyField(Organisation)
        group = ForeignKeyField(Group)
        first_on = DateField()
        at = TimeField()
        zone = CharField(max_length=40)
        minutes = IntegerField()
        every_weeks = IntegerField(null=True)
        end_on = DateField(null=True)
        skipped = JSONField()
        days = JSONField(null=True)
        made_until = DateField(index=True)
        class Meta:
            database = db
            table_name = 'meeting_series'
    db.create_tables([MeetingSeries])

    class Meeting(Model):
        id = IdField(primary_key=True, max_length=36)
        organisation = ForeignKeyField(Organisation)
        group = ForeignKeyField(Group)
        series = ForeignKeyField(MeetingSeries, null=True)
        series_on = DateField(null=True)
        kind = CharField(max_length=10)
        on = DateField(index=True)
        at = TimeField()
        zone = CharField(max_length=40)
        minutes = IntegerField()
        state = CharField(max_length=20)
        next_topic = CharField(null=True, max_length=80)
        headcount_unnamed = IntegerField(default=0)
        closed_at = MomentField(null=True, max_length=27)
        closed_by = CharField(null=True, max_length=60)
        total_members = IntegerField(null=True)
        total_present = IntegerField(null=True)
        total_excused = IntegerField(null=True)
        total_absent = IntegerField(null=True)
        total_not_recorded = IntegerField(null=True)
        total_unnamed = IntegerField(null=True)
        class Meta:
            database = db
            table_name = 'meeting'
            indexes = ((('organisation', 'series', 'series_on'), True), (('organisation', 'group', 'on', 'at'), True))
    db.create_tables([Meeting])

    class Membership(Model):
        id = IdField(primary_key=True, max_length=36)
        organisation = ForeignKeyField(Organisation)
        group = ForeignKeyField(Group)
        participant_id = IdField(max_length=36)
        placement_id = IdField(null=True, max_length=36)
        state = CharField(max_length=10)
        starts_on = DateField()
        ended_on = DateField(null=True)
        end_reason = CharField(null=True, max_length=20)
        class Meta:
            database = db
            table_name = 'membership'
            indexes = ((('organisation', 'placement_id'), True),)
    db.create_tables([Membership])

    class Attendance(Model):
        organisation = ForeignKeyField(Organisation)
        meeting = ForeignKeyField(Meeting)
        membership = ForeignKeyField(Membership)
        mark = CharField(max_length=12)
        marked_by = CharField(max_length=60)
        marked_at = MomentField(max_length=27)
        class Meta:
            database = db
            table_name = 'attendance'
            indexes = ((('organisation', 'meeting', 'membership'), True),)
    db.create_tables([Attendance])

    class Staff(Model):
        id = IdField(primary_key=True, max_length=36)
        name = BlobField()
        email = BlobField()
        email_index = CharField(unique=True, max_length=64)
        is_active = BooleanField(default=True)
        class Meta:
            database = db
            table_name = 'staff'
    db.create_tables([Staff])

    class GroupFacilitator(Model):
        organisation = ForeignKeyField(Organisation)
        group = ForeignKeyField(Group)
        staff = ForeignKeyField(Staff)
        place = CharField(max_length=10)
        class Meta:
            database = db
            table_name = 'group_facilitator'
            indexes = ((('organisation', 'group', 'staff'), True),)
    db.create_tables([GroupFacilitator])

    class IntroTalk(Model):
        id = IdField(primary_key=True, max_length=36)
        organisation_id = IdField(max_length=36)
        signup_id = IdField(index=True, max_length=36)
        state = CharField(max_length=10)
        host_staff_id = IdField(null=True, max_length=36)
        on = DateField(null=True)
        at = TimeField(null=True)
        zone = CharField(null=True, max_length=40)
        minutes = IntegerField(null=True)
        class Meta:
            database = db
            table_name = 'intro_talk'
            indexes = ((('organisation_id', 'state'), False),)
    db.create_tables([IntroTalk])

    class Participant(Model):
        id = IdField(primary_key=True, max_length=36)
        organisation_id = IdField(index=True, max_length=36)
        call_name = BlobField()
        class Meta:
            database = db
            table_name = 'participant'
    db.create_tables([Participant])

    class Reachability(Model):
        participant_id = IdField(primary_key=True, max_length=36)
        organisation_id = IdField(index=True, max_length=36)
        channels = JSONField()
        class Meta:
            database = db
            table_name = 'reachability'
    db.create_tables([Reachability])

    class ReturnedPlacement(Model):
        organisation = ForeignKeyField(Organisation)
        placement_id = IdField(max_length=36)
        reason = CharField(max_length=40)
        class Meta:
            database = db
            table_name = 'returned_placement'
            indexes = ((('organisation', 'placement_id'), True),)
    db.create_tables([ReturnedPlacement])

    class Session(Model):
        secret_hash = CharField(primary_key=True, max_length=64)
        staff = ForeignKeyField(Staff)
        started_at = MomentField(max_length=27)
        seen_at = MomentField(max_length=27)
        ended_at = MomentField(null=True, max_length=27)
        class Meta:
            database = db
            table_name = 'session'
    db.create_tables([Session])

    class SignInLink(Model):
        id = IdField(primary_key=True, max_length=36)
        staff = ForeignKeyField(Staff, null=True)
        secret_hash = CharField(unique=True, max_length=64)
        expires_at = MomentField(max_length=27)
        leads_to = CharField(max_length=300, default='/')
        used_at = MomentField(null=True, max_length=27)
        used_by = CharField(null=True, max_length=36)
        class Meta:
            database = db
            table_name = 'sign_in_link'
    db.create_tables([SignInLink])

    class SignInTry(Model):
        kind = CharField(max_length=8)
        value_index = CharField(max_length=64)
        at = MomentField(index=True, max_length=27)
        class Meta:
            database = db
            table_name = 'sign_in_try'
            indexes = ((('kind', 'value_index', 'at'), False),)
    db.create_tables([SignInTry])

    class Signup(Model):
        id = IdField(primary_key=True, max_length=36)
        organisation_id = IdField(max_length=36)
        participant_id = IdField(null=True, max_length=36)
        state = CharField(max_length=10)
        received_at = MomentField(max_length=27)
        class Meta:
            database = db
            table_name = 'signup'
            indexes = ((('organisation_id', 'state'), False),)
    db.create_tables([Signup])

    class StaffRole(Model):
        organisation = ForeignKeyField(Organisation)
        staff = ForeignKeyField(Staff)
        role = CharField(max_length=20)
        class Meta:
            database = db
            table_name = 'staff_role'
            primary_key = CompositeKey('organisation', 'staff', 'role')
    db.create_tables([StaffRole])


def down(migrator, db):
    migrator.migrate(migrator.drop_table('staff_role'))
    migrator.migrate(migrator.drop_table('signup'))
    migrator.migrate(migrator.drop_table('sign_in_try'))
    migrator.migrate(migrator.drop_table('sign_in_link'))
    migrator.migrate(migrator.drop_table('session'))
    migrator.migrate(migrator.drop_table('returned_placement'))
    migrator.migrate(migrator.drop_table('reachability'))
    migrator.migrate(migrator.drop_table('participant'))
    migrator.migrate(migrator.drop_table('intro_talk'))
    migrator.migrate(migrator.drop_table('group_facilitator'))
    migrator.migrate(migrator.drop_table('staff'))
    migrator.migrate(migrator.drop_table('attendance'))
    migrator.migrate(migrator.drop_table('membership'))
    migrator.migrate(migrator.drop_table('meeting'))
    migrator.migrate(migrator.drop_table('meeting_series'))
    migrator.migrate(migrator.drop_table('peer_group'))
    migrator.migrate(migrator.drop_table('venue'))
    migrator.migrate(migrator.drop_table('organisation'))
