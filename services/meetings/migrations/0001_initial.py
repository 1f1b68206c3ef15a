"""The tables of meetings, and those of the mechanism below it."""

from peewee import (
    BigIntegerField,
    BlobField,
    BooleanField,
    CharField,
    CompositeKey,
    DateField,
    ForeignKeyField,
    IntegerField,
    JSONField,
    Model,
    TimeField,
)

from shared.storage import IdField, MomentField
from shared.storage import tables_v1

_INDEXES = (
    "CREATE UNIQUE INDEX peer_group_name ON peer_group (organisation_id, name) WHERE state <> 'ended'",
    "CREATE UNIQUE INDEX membership_active ON membership (organisation_id, group_id, participant_id) WHERE state = 'active'",
    "CREATE INDEX meeting_not_reported ON meeting (organisation_id) WHERE state = 'not_reported'",
    'CREATE INDEX meeting_group_on ON meeting (group_id, "on")',
    'CREATE INDEX meeting_planned ON meeting (group_id, "on", at) WHERE state = \'planned\'',
)


def _tables():
    class AccessCode(Model):
        id = IdField(primary_key=True)
        organisation_id = IdField()
        participant_id = IdField()
        code_index = CharField(max_length=64)
        link_index = CharField(max_length=64)
        made_at = MomentField()
        expires_at = MomentField(index=True)
        wrong = IntegerField()
        used_at = MomentField(null=True)
        used_by = CharField(null=True, max_length=36)

        class Meta:
            table_name = "access_code"
            indexes = ((("organisation_id", "participant_id"), False),)

    class Attempt(Model):
        action = CharField(max_length=40)
        value_index = CharField(max_length=64)
        at = MomentField(index=True)

        class Meta:
            table_name = "attempt"
            indexes = ((("action", "value_index", "at"), False),)

    class Organisation(Model):
        id = IdField(primary_key=True)
        name = CharField(max_length=120)
        slug = CharField(unique=True, max_length=60)
        region = CharField(max_length=120)
        parent_organisation = ForeignKeyField("self", null=True)
        nel_permission_at = MomentField(null=True)
        profile = JSONField(default=dict)

        class Meta:
            table_name = "organisation"

    class Venue(Model):
        id = IdField(primary_key=True)
        organisation = ForeignKeyField(Organisation)
        name = CharField(max_length=120)
        address = CharField(max_length=200)
        area = CharField(max_length=10)
        features = JSONField()

        class Meta:
            table_name = "venue"
            indexes = ((("organisation", "name"), True),)

    class Group(Model):
        id = IdField(primary_key=True)
        organisation = ForeignKeyField(Organisation)
        name = CharField(max_length=80)
        kind = CharField(max_length=40)
        overrides = JSONField()
        state = CharField(max_length=20)
        venue = ForeignKeyField(Venue, null=True)
        themes = JSONField()

        class Meta:
            table_name = "peer_group"

    class MeetingSeries(Model):
        id = IdField(primary_key=True)
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
            table_name = "meeting_series"

    class Meeting(Model):
        id = IdField(primary_key=True)
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
        headcount_unnamed = IntegerField()
        closed_at = MomentField(null=True)
        closed_by = CharField(null=True, max_length=60)
        total_members = IntegerField(null=True)
        total_present = IntegerField(null=True)
        total_excused = IntegerField(null=True)
        total_absent = IntegerField(null=True)
        total_not_recorded = IntegerField(null=True)
        total_unnamed = IntegerField(null=True)

        class Meta:
            table_name = "meeting"
            indexes = (
                (("organisation", "series", "series_on"), True),
                (("organisation", "group", "on", "at"), True),
            )

    class Membership(Model):
        id = IdField(primary_key=True)
        organisation = ForeignKeyField(Organisation)
        group = ForeignKeyField(Group)
        participant_id = IdField(index=True)
        placement_id = IdField(null=True)
        made_at = MomentField()
        state = CharField(max_length=10)
        starts_on = DateField()
        ended_on = DateField(null=True)
        end_reason = CharField(null=True, max_length=20)

        class Meta:
            table_name = "membership"
            indexes = ((("organisation", "placement_id"), True),)

    class Attendance(Model):
        organisation = ForeignKeyField(Organisation)
        meeting = ForeignKeyField(Meeting)
        membership = ForeignKeyField(Membership)
        mark = CharField(max_length=12)
        marked_by = CharField(max_length=60)
        marked_at = MomentField()

        class Meta:
            table_name = "attendance"
            indexes = ((("organisation", "meeting", "membership"), True),)

    class ErasedMove(Model):
        organisation = ForeignKeyField(Organisation)
        group = ForeignKeyField(Group)
        on = DateField()
        kind = CharField(max_length=10)
        until = DateField()
        number = IntegerField()

        class Meta:
            table_name = "erased_move"
            primary_key = CompositeKey("organisation", "group", "on", "kind", "until")

    class Staff(Model):
        id = IdField(primary_key=True)
        name = BlobField()
        email = BlobField()
        email_index = CharField(unique=True, max_length=64)
        is_active = BooleanField()
        manages_installation = BooleanField()

        class Meta:
            table_name = "staff"

    class Authenticator(Model):
        staff = ForeignKeyField(Staff, primary_key=True)
        secret = BlobField()
        made_at = MomentField()
        confirmed_at = MomentField(null=True)
        last_step = BigIntegerField()

        class Meta:
            table_name = "authenticator"

    class AuthenticatorReset(Model):
        organisation = ForeignKeyField(Organisation)
        staff = ForeignKeyField(Staff)
        asked_by = IdField()
        asked_at = MomentField()

        class Meta:
            table_name = "authenticator_reset"
            primary_key = CompositeKey("organisation", "staff")

    class CalendarFeed(Model):
        id = IdField(primary_key=True)
        organisation = ForeignKeyField(Organisation)
        group = ForeignKeyField(Group, null=True)
        participant_id = IdField(null=True)
        secret_hash = CharField(index=True, max_length=64)
        made_at = MomentField()

        class Meta:
            table_name = "calendar_feed"
            indexes = (
                (("organisation", "group"), True),
                (("organisation", "participant_id"), True),
                (("organisation", "secret_hash"), True),
            )

    class CallOff(Model):
        id = IdField(primary_key=True)
        organisation = ForeignKeyField(Organisation)
        meeting = ForeignKeyField(Meeting)
        membership = ForeignKeyField(Membership)
        state = CharField(max_length=10)
        at = MomentField()

        class Meta:
            table_name = "call_off"
            indexes = ((("organisation", "meeting", "membership"), True),)

    class Consent(Model):
        id = IdField(primary_key=True)
        organisation_id = IdField(index=True)
        purposes = JSONField()

        class Meta:
            table_name = "consent"

    class FollowUpCall(Model):
        id = IdField(primary_key=True)
        organisation = ForeignKeyField(Organisation)
        meeting = ForeignKeyField(Meeting)
        membership = ForeignKeyField(Membership)
        state = CharField(max_length=10)
        later_on = DateField(null=True)
        lapses_at = MomentField(index=True)
        reason = CharField(null=True, max_length=20)
        closed_at = MomentField(null=True)
        closed_by = CharField(null=True, max_length=60)

        class Meta:
            table_name = "follow_up_call"
            indexes = ((("organisation", "meeting", "membership"), True),)

    class GroupFacilitator(Model):
        organisation = ForeignKeyField(Organisation)
        group = ForeignKeyField(Group)
        staff = ForeignKeyField(Staff)
        place = CharField(max_length=10)

        class Meta:
            table_name = "group_facilitator"
            indexes = ((("organisation", "group", "staff"), True),)

    class IntroTalk(Model):
        id = IdField(primary_key=True)
        organisation_id = IdField()
        signup_id = IdField(index=True)
        state = CharField(max_length=10)
        host_staff_id = IdField()
        on = DateField()
        at = TimeField()
        zone = CharField(max_length=40)
        minutes = IntegerField()

        class Meta:
            table_name = "intro_talk"
            indexes = (
                (("state", "on", "at"), False),
                (("host_staff_id", "state", "on"), False),
            )

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
            table_name = "meeting_change"

    class MeetingPlace(Model):
        organisation = ForeignKeyField(Organisation)
        meeting = ForeignKeyField(Meeting)
        name = CharField(max_length=120)
        address = CharField(max_length=200)

        class Meta:
            table_name = "meeting_place"
            indexes = ((("organisation", "meeting"), True),)

    class Participant(Model):
        id = IdField(primary_key=True)
        organisation_id = IdField(index=True)
        call_name = BlobField()
        language = CharField(max_length=2)

        class Meta:
            table_name = "participant"

    class Reachability(Model):
        participant_id = IdField(primary_key=True)
        organisation_id = IdField(index=True)
        channels = JSONField()

        class Meta:
            table_name = "reachability"

    class ReturnedPlacement(Model):
        organisation = ForeignKeyField(Organisation)
        placement_id = IdField()
        reason = CharField(max_length=40)

        class Meta:
            table_name = "returned_placement"
            indexes = ((("organisation", "placement_id"), True),)

    class Session(Model):
        secret_hash = CharField(primary_key=True, max_length=64)
        staff = ForeignKeyField(Staff)
        started_at = MomentField()
        proved_at = MomentField(null=True)
        seen_at = MomentField()
        ended_at = MomentField(null=True)

        class Meta:
            table_name = "session"

    class SignInLink(Model):
        id = IdField(primary_key=True)
        staff = ForeignKeyField(Staff, null=True)
        secret_hash = CharField(unique=True, max_length=64)
        expires_at = MomentField()
        leads_to = CharField(max_length=300)
        used_at = MomentField(null=True)
        used_by = CharField(null=True, max_length=36)

        class Meta:
            table_name = "sign_in_link"

    class Signup(Model):
        id = IdField(primary_key=True)
        organisation_id = IdField()
        participant_id = IdField(null=True, index=True)
        state = CharField(max_length=10)
        received_at = MomentField()
        returned_by = IdField(null=True)

        class Meta:
            table_name = "signup"
            indexes = ((("state", "received_at"), False),)

    class StaffRole(Model):
        organisation = ForeignKeyField(Organisation)
        staff = ForeignKeyField(Staff)
        role = CharField(max_length=20)

        class Meta:
            table_name = "staff_role"
            primary_key = CompositeKey("organisation", "staff", "role")

    class Substitute(Model):
        organisation = ForeignKeyField(Organisation)
        meeting = ForeignKeyField(Meeting)
        staff = ForeignKeyField(Staff)

        class Meta:
            table_name = "substitute"
            indexes = ((("organisation", "meeting", "staff"), True),)

    class InformedInPerson(Model):
        organisation = ForeignKeyField(Organisation)
        meeting = ForeignKeyField(Meeting)
        membership = ForeignKeyField(Membership)
        at = MomentField()
        by = CharField(max_length=60)

        class Meta:
            table_name = "informed_in_person"
            indexes = ((("organisation", "meeting", "membership"), True),)

    class Undelivered(Model):
        id = IdField(primary_key=True)
        organisation_id = IdField()
        message_type = CharField(max_length=40)
        cause = CharField(max_length=12)
        talk_id = IdField(index=True, null=True)
        membership_id = IdField(index=True, null=True)
        meeting_id = IdField(null=True)

        class Meta:
            table_name = "undelivered"

    return [
        AccessCode,
        Attempt,
        Organisation,
        Venue,
        Group,
        MeetingSeries,
        Meeting,
        Membership,
        Attendance,
        ErasedMove,
        Staff,
        Authenticator,
        AuthenticatorReset,
        CalendarFeed,
        CallOff,
        Consent,
        FollowUpCall,
        GroupFacilitator,
        IntroTalk,
        MeetingChange,
        MeetingPlace,
        Participant,
        Reachability,
        ReturnedPlacement,
        Session,
        SignInLink,
        Signup,
        StaffRole,
        Substitute,
        InformedInPerson,
        Undelivered,
    ]


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
