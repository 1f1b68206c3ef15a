"""The tables of notifications, and those of the mechanism below it."""

from peewee import BlobField, BooleanField, CharField, DateField, IntegerField, JSONField, Model, TimeField

from shared.storage import IdField, MomentField, allow_change, forbid_change
from shared.storage import tables_v1

_INDEXES = (
    "CREATE INDEX message_waiting ON message (expires_at) WHERE state IN ('planned', 'held', 'due')",
    "CREATE INDEX message_planned ON message (organisation_id, due_at) WHERE state = 'planned'",
    "CREATE INDEX message_due_at_set ON message (due_at) WHERE due_at IS NOT NULL",
    "CREATE INDEX message_asked_at_set ON message (asked_at) WHERE asked_at IS NOT NULL",
    "CREATE INDEX message_claimed_until_set ON message (claimed_until) WHERE claimed_until IS NOT NULL",
    "CREATE INDEX message_talk_id_set ON message (talk_id) WHERE talk_id IS NOT NULL",
    "CREATE INDEX message_meeting_id_set ON message (meeting_id) WHERE meeting_id IS NOT NULL",
    "CREATE INDEX message_membership_id_set ON message (membership_id) WHERE membership_id IS NOT NULL",
    "CREATE INDEX message_measurement_id_set ON message (measurement_id) WHERE measurement_id IS NOT NULL",
    "CREATE INDEX message_bundled_into_set ON message (bundled_into) WHERE bundled_into IS NOT NULL",
    "CREATE INDEX message_caused_by_set ON message (caused_by) WHERE caused_by IS NOT NULL",
)


def _tables():
    class Absence(Model):
        organisation_id = IdField()
        meeting_id = IdField()
        membership_id = IdField(index=True)
        mark = CharField(max_length=12)
        revision = IntegerField()
        last_event_at = CharField(max_length=24)

        class Meta:
            table_name = "absence"
            indexes = ((("organisation_id", "meeting_id", "membership_id"), True),)

    class Address(Model):
        organisation_id = IdField()
        participant_id = IdField(index=True)
        channel = CharField(max_length=5)
        blind = CharField(index=True, max_length=64)
        handled_at = MomentField()
        needs_proof = BooleanField()
        confirmed_at = MomentField(null=True)
        confirmed_by = CharField(null=True, max_length=10)
        refused_at = MomentField(null=True)

        class Meta:
            table_name = "address"
            indexes = ((("organisation_id", "participant_id", "channel", "blind"), True),)

    class Attempt(Model):
        action = CharField(max_length=40)
        value_index = CharField(max_length=64)
        at = MomentField(index=True)

        class Meta:
            table_name = "attempt"
            indexes = ((("action", "value_index", "at"), False),)

    class CallOff(Model):
        organisation_id = IdField()
        meeting_id = IdField()
        membership_id = IdField(index=True)
        state = CharField(max_length=10)
        revision = IntegerField()
        last_event_at = CharField(max_length=24)

        class Meta:
            table_name = "call_off"
            indexes = ((("organisation_id", "meeting_id", "membership_id"), True),)

    class Consent(Model):
        id = IdField(primary_key=True)
        organisation_id = IdField()
        purposes = JSONField()

        class Meta:
            table_name = "consent"

    class Contact(Model):
        id = IdField(primary_key=True)
        organisation_id = IdField()
        email = BlobField(null=True)
        mobile = BlobField(null=True)
        may_leave_message = BooleanField()
        phone_is_shared = BooleanField()
        channels = JSONField()
        refused = JSONField()

        class Meta:
            table_name = "contact"

    class DeliveryAttempt(Model):
        organisation_id = IdField()
        message_id = IdField()
        number = IntegerField()
        channel = CharField(max_length=5)
        started_at = MomentField()
        handing_over_at = MomentField(null=True)
        ended_at = MomentField(null=True)
        outcome = CharField(null=True, max_length=20)
        reply_code = IntegerField(null=True)
        provider_id = CharField()
        address_index = CharField(null=True, max_length=64)

        class Meta:
            table_name = "delivery_attempt"
            indexes = ((("organisation_id", "message_id", "number"), True),)

    class Group(Model):
        id = IdField(primary_key=True)
        organisation_id = IdField()
        name = CharField(max_length=120)
        state = CharField(max_length=12)
        place_name = CharField(null=True)
        place_address = CharField(null=True)

        class Meta:
            table_name = "support_group"

    class Measurement(Model):
        id = IdField(primary_key=True)
        organisation_id = IdField()
        participant_id = IdField()
        expires_at = MomentField(null=True)
        state = CharField(max_length=12)

        class Meta:
            table_name = "measurement"

    class Meeting(Model):
        id = IdField(primary_key=True)
        organisation_id = IdField()
        group_id = IdField()
        on = DateField()
        at = TimeField()
        first_on = DateField()
        first_at = TimeField()
        zone = CharField(max_length=40)
        minutes = IntegerField()
        state = CharField(max_length=20)
        revision = IntegerField()
        place_name = CharField(null=True)
        place_address = CharField(null=True)
        substitute_ids = JSONField()

        class Meta:
            table_name = "meeting"
            indexes = ((("group_id", "state", "on"), False),)

    class Membership(Model):
        id = IdField(primary_key=True)
        organisation_id = IdField()
        participant_id = IdField()
        group_id = IdField(index=True)
        state = CharField(max_length=12)
        starts_on = DateField()
        revision = IntegerField()

        class Meta:
            table_name = "membership"

    class Message(Model):
        id = IdField(primary_key=True)
        organisation_id = IdField()
        message_type = CharField(max_length=40)
        participant_id = IdField(index=True, null=True)
        staff_id = IdField(null=True)
        by_staff_id = IdField(null=True)
        talk_id = IdField(null=True)
        meeting_id = IdField(null=True)
        membership_id = IdField(null=True)
        measurement_id = IdField(null=True)
        sign_in_id = IdField(null=True)
        dedupe = CharField(max_length=160)
        revision = IntegerField()
        change = CharField(null=True, max_length=12)
        old_on = DateField(null=True)
        old_at = TimeField(null=True)
        state = CharField(max_length=12)
        reason = CharField(null=True, max_length=30)
        made_at = MomentField()
        changed_at = MomentField(index=True)
        due_at = MomentField(null=True)
        asked_at = MomentField(null=True)
        expires_at = MomentField()
        channel = CharField(null=True, max_length=5)
        secret = BlobField(null=True)
        composed = BlobField(null=True)
        attempt_count = IntegerField()
        claim_token = IdField(null=True)
        claimed_until = MomentField(null=True)
        attended_at = MomentField(null=True)
        attended_by = IdField(null=True)
        secondary_of = CharField(null=True, max_length=160)
        bundled_into = IdField(null=True)
        personal_note = BlobField(null=True)
        personal_note_by = IdField(null=True)
        let_through_by = IdField(null=True)
        let_through_reason = BlobField(null=True)
        caused_by = IdField(null=True)

        class Meta:
            table_name = "message"
            indexes = (
                (("organisation_id", "dedupe"), True),
                (("organisation_id", "changed_at", "id"), False),
                (("organisation_id", "state", "changed_at", "id"), False),
                (("organisation_id", "message_type", "changed_at", "id"), False),
            )

    class MessageStep(Model):
        organisation_id = IdField()
        message_id = IdField(index=True)
        at = MomentField()
        state = CharField(max_length=12)
        reason = CharField(null=True, max_length=30)
        actor_id = CharField()

        class Meta:
            table_name = "message_step"

    class OptOut(Model):
        organisation_id = IdField()
        participant_id = IdField(index=True)
        purpose = CharField(max_length=20)
        at = MomentField()
        by = CharField(max_length=10)
        is_acknowledged = BooleanField()

        class Meta:
            table_name = "opt_out"
            indexes = ((("organisation_id", "participant_id", "purpose"), True),)

    class Organisation(Model):
        id = IdField(primary_key=True)
        name = CharField(max_length=120)
        sender_name = CharField(max_length=40)
        telephone = CharField(max_length=30)
        out_of_hours_telephone = CharField(max_length=30)
        answer_within_days = IntegerField(null=True)

        class Meta:
            table_name = "organisation"

    class Participant(Model):
        id = IdField(primary_key=True)
        organisation_id = IdField()
        call_name = BlobField()
        language = CharField(max_length=2)

        class Meta:
            table_name = "participant"

    class Preference(Model):
        id = IdField(primary_key=True)
        organisation_id = IdField()
        channels = JSONField(null=True)
        quiet_from = TimeField(null=True)
        quiet_until = TimeField(null=True)
        paused_until = MomentField(null=True)

        class Meta:
            table_name = "preference"

    class Reachability(Model):
        id = IdField(primary_key=True)
        organisation_id = IdField()
        channels = JSONField()
        refused = JSONField()

        class Meta:
            table_name = "reachability"

    class Receipt(Model):
        organisation_id = IdField()
        message_id = IdField()
        channel = CharField(max_length=5)
        outcome = CharField(max_length=12)
        code = CharField(max_length=20)
        is_doubtful = BooleanField()
        at = MomentField()

        class Meta:
            table_name = "receipt"
            indexes = ((("organisation_id", "message_id", "outcome", "code"), True),)

    class MailReport(Model):
        at = MomentField(index=True)
        is_ours = BooleanField()

        class Meta:
            table_name = "mail_report"

    class Reply(Model):
        id = IdField(primary_key=True)
        organisation_id = CharField(max_length=36)
        participant_id = IdField(index=True, null=True)
        message_id = IdField(null=True)
        sender = BlobField()
        text = BlobField()
        received_at = MomentField(index=True)
        fingerprint = CharField(max_length=64)
        seen_at = MomentField(null=True)
        seen_by = IdField(null=True)

        class Meta:
            table_name = "reply"
            indexes = ((("organisation_id", "fingerprint"), True),)

    class Staff(Model):
        id = IdField(primary_key=True)
        name = BlobField()
        email = BlobField()
        is_active = BooleanField()
        organisation_ids = JSONField()
        group_ids = JSONField(null=True)

        class Meta:
            table_name = "staff"

    class Talk(Model):
        id = IdField(primary_key=True)
        organisation_id = IdField()
        participant_id = IdField()
        host_staff_id = IdField()
        on = DateField()
        at = TimeField()
        zone = CharField(max_length=40)
        minutes = IntegerField()
        form = CharField(max_length=20)
        place = BlobField()
        state = CharField(max_length=12)
        revision = IntegerField()

        class Meta:
            table_name = "talk"

    class TextSent(Model):
        organisation_id = IdField()
        message_id = IdField()
        at = MomentField(index=True)
        number = CharField(max_length=64)
        block = CharField(max_length=64)
        parts = IntegerField()
        is_awaited = BooleanField()

        class Meta:
            table_name = "text_sent"

    class ReachabilityChange(Model):
        organisation_id = IdField()
        participant_id = IdField(index=True)
        at = MomentField()
        change = CharField(max_length=12)
        detail = CharField(max_length=20)
        by = CharField(max_length=10)

        class Meta:
            table_name = "reachability_change"

    return [
        Absence,
        Address,
        Attempt,
        CallOff,
        Consent,
        Contact,
        DeliveryAttempt,
        Group,
        Measurement,
        Meeting,
        Membership,
        Message,
        MessageStep,
        OptOut,
        Organisation,
        Participant,
        Preference,
        Reachability,
        Receipt,
        MailReport,
        Reply,
        Staff,
        Talk,
        TextSent,
        ReachabilityChange,
    ]


def up(migrator, db):
    tables_v1.up(db)
    tables = _tables()
    with db.bind_ctx(tables):
        db.create_tables(tables)
    for statement in _INDEXES:
        db.execute_sql(statement)
    forbid_change(db, "message_step", "a life is only added to")


def down(migrator, db):
    allow_change(db, "message_step")
    tables = _tables()
    with db.bind_ctx(tables):
        db.drop_tables(tables)
    tables_v1.down(db)
