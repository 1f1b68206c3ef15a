"""The tables of intake, and those of the mechanism below it."""

from peewee import (
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
    "CREATE UNIQUE INDEX consent_given_once ON consent (organisation_id, participant_id, purpose, channel) WHERE withdrawn_at IS NULL",
    "CREATE UNIQUE INDEX intro_talk_planned_once ON intro_talk (organisation_id, signup_id) WHERE state IN ('planned', 'moved')",
    "CREATE UNIQUE INDEX placement_open_once ON placement (organisation_id, group_id, participant_id) WHERE state = 'placed'",
)


def _tables():
    class Attempt(Model):
        action = CharField(max_length=40)
        value_index = CharField(max_length=64)
        at = MomentField(index=True)

        class Meta:
            table_name = "attempt"
            indexes = ((("action", "value_index", "at"), False),)

    class Participant(Model):
        id = IdField(primary_key=True)
        organisation_id = IdField(index=True)
        call_name = BlobField()
        language = CharField(max_length=2)

        class Meta:
            table_name = "participant"

    class Consent(Model):
        id = IdField(primary_key=True)
        organisation_id = IdField()
        participant = ForeignKeyField(Participant)
        purpose = CharField(max_length=20)
        channel = CharField(max_length=10)
        text_version = CharField(max_length=10)
        given_at = MomentField()
        withdrawn_at = MomentField(null=True)

        class Meta:
            table_name = "consent"

    class Contact(Model):
        participant = ForeignKeyField(Participant, primary_key=True)
        organisation_id = IdField()
        email = BlobField(null=True)
        email_index = CharField(null=True, max_length=64)
        mobile = BlobField(null=True)
        mobile_index = CharField(null=True, max_length=64)
        phone_is_shared = BooleanField()
        may_leave_message = BooleanField()
        may_be_texted = BooleanField()

        class Meta:
            table_name = "contact"
            indexes = (
                (("organisation_id", "email_index"), False),
                (("organisation_id", "mobile_index"), False),
            )

    class ErasureAnswer(Model):
        organisation_id = IdField()
        participant_id = IdField()
        service = CharField(max_length=20)
        answered_at = MomentField()

        class Meta:
            table_name = "erasure_answer"
            indexes = ((("organisation_id", "participant_id", "service"), True),)

    class ErasureRequest(Model):
        participant_id = IdField(primary_key=True)
        organisation_id = IdField(index=True)
        asked_by = CharField(max_length=10)
        asked_at = MomentField()
        logged_at = MomentField(null=True)

        class Meta:
            table_name = "erasure_request"

    class Group(Model):
        id = IdField(primary_key=True)
        organisation_id = IdField(index=True)
        name = CharField(max_length=120)
        state = CharField(max_length=20)
        audience = CharField(max_length=20)
        admission = CharField(max_length=20)
        interval_weeks = IntegerField(null=True)
        max_size = IntegerField(null=True)
        identity = CharField(max_length=20)
        language = CharField(max_length=2)
        weekday = IntegerField(null=True)
        at = TimeField(null=True)
        first_meeting_on = DateField(null=True)
        venue_name = CharField(max_length=120)
        venue_address = CharField(max_length=200)
        area = CharField(max_length=10)
        features = JSONField()
        themes = JSONField()
        facilitator_ids = JSONField()

        class Meta:
            table_name = "group"

    class Signup(Model):
        id = IdField(primary_key=True)
        organisation_id = IdField()
        participant = ForeignKeyField(Participant)
        state = CharField(max_length=20)
        signed_up_by = CharField(max_length=10)
        received_at = MomentField()
        help_question = BlobField(null=True)
        audience = CharField(null=True, max_length=20)
        days = JSONField()
        parts_of_day = JSONField()
        area = CharField(null=True, max_length=4)
        needs = JSONField()
        themes = JSONField()
        avoided_groups = JSONField()
        closed_because = CharField(null=True, max_length=20)
        closed_at = MomentField(null=True)
        step = CharField(null=True, max_length=20)
        step_at = MomentField(null=True)

        class Meta:
            table_name = "signup"
            indexes = (
                (("organisation_id", "state", "id"), False),
                (("organisation_id", "step", "step_at"), False),
            )

    class IntroTalk(Model):
        id = IdField(primary_key=True)
        organisation_id = IdField()
        signup = ForeignKeyField(Signup)
        host_staff_id = IdField()
        on = DateField()
        at = TimeField()
        zone = CharField(max_length=40)
        minutes = IntegerField()
        form = CharField(max_length=20)
        place = BlobField()
        state = CharField(max_length=20)
        called_off_by = CharField(null=True, max_length=20)
        outcome = CharField(null=True, max_length=20)
        group_id = IdField(null=True)
        reason = BlobField(null=True)
        helps_instead = CharField(null=True, max_length=20)
        way_back = CharField(null=True, max_length=20)
        second_look = BooleanField()
        decided_at = MomentField(null=True)

        class Meta:
            table_name = "intro_talk"

    class Meeting(Model):
        id = IdField(primary_key=True)
        organisation_id = IdField()
        group_id = IdField()
        on = DateField()
        at = TimeField()
        zone = CharField(max_length=40)
        state = CharField(max_length=20)

        class Meta:
            table_name = "meeting"
            indexes = ((("group_id", "on"), False),)

    class Membership(Model):
        id = IdField(primary_key=True)
        organisation_id = IdField()
        participant_id = IdField()
        group_id = IdField()
        state = CharField(max_length=20)
        starts_on = DateField()

        class Meta:
            table_name = "membership"
            indexes = (
                (("group_id", "state"), False),
                (("participant_id",), False),
            )

    class Organisation(Model):
        id = IdField(primary_key=True)
        name = CharField(max_length=120)
        slug = CharField(index=True, max_length=60)
        region = CharField(max_length=120)
        profile = JSONField()

        class Meta:
            table_name = "organisation"

    class Placement(Model):
        id = IdField(primary_key=True)
        organisation_id = IdField()
        signup = ForeignKeyField(Signup)
        participant = ForeignKeyField(Participant)
        group_id = IdField()
        starts_on = DateField()
        state = CharField(max_length=20)
        placed_at = MomentField()
        returned_because = CharField(null=True, max_length=40)

        class Meta:
            table_name = "placement"
            indexes = ((("group_id", "state"), False),)

    class Reachability(Model):
        participant_id = IdField(primary_key=True)
        organisation_id = IdField()
        channels = JSONField()
        refused = JSONField()

        class Meta:
            table_name = "reachability"

    class StaffGrant(Model):
        organisation_id = IdField()
        staff_id = IdField(index=True)
        role = CharField(max_length=20)

        class Meta:
            table_name = "staff_grant"
            primary_key = CompositeKey("organisation_id", "staff_id", "role")

    class StaffMember(Model):
        id = IdField(primary_key=True)
        name = BlobField()
        is_active = BooleanField()

        class Meta:
            table_name = "staff_member"

    class Undelivered(Model):
        id = IdField(primary_key=True)
        organisation_id = IdField()
        message_type = CharField(max_length=40)
        cause = CharField(max_length=12)
        intro_talk_id = IdField(index=True, null=True)
        membership_id = IdField(index=True, null=True)

        class Meta:
            table_name = "undelivered"

    return [
        Attempt,
        Participant,
        Consent,
        Contact,
        ErasureAnswer,
        ErasureRequest,
        Group,
        Signup,
        IntroTalk,
        Meeting,
        Membership,
        Organisation,
        Placement,
        Reachability,
        Undelivered,
        StaffGrant,
        StaffMember,
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
