"""The tables of the mechanism, frozen as the first migration of every service creates them."""

from __future__ import annotations

from peewee import (
    BigIntegerField,
    BooleanField,
    CharField,
    CompositeKey,
    Database,
    IntegerField,
    JSONField,
    Model,
    TextField,
)

from shared.storage.append_only import allow_change, forbid_change
from shared.storage.fields import IdField, MomentField


class AuditEntry(Model):
    at = MomentField(index=True)
    event = CharField()
    actor_id = CharField()
    actor_kind = CharField()
    actor_roles = CharField()
    organisation_id = IdField(null=True)
    about_kind = CharField()
    about_id = CharField(index=True)
    purpose = CharField()
    outcome = CharField()
    network_point = CharField(null=True)

    class Meta:
        table_name = "audit_entry"


class DeadLetter(Model):
    source = CharField()
    event_id = CharField()
    subject = CharField(index=True)
    event = TextField()
    reason = CharField()
    error_code = CharField(max_length=40)
    dead_lettered_at = MomentField()
    replayed_at = MomentField(null=True)
    replay_reason = CharField(null=True)

    class Meta:
        table_name = "dead_letter"


class Erased(Model):
    id = IdField(primary_key=True)

    class Meta:
        table_name = "erased"


class ErasedCount(Model):
    organisation_id = IdField()
    kind = CharField(max_length=20)
    year = IntegerField()
    count = IntegerField()

    class Meta:
        table_name = "erased_count"
        primary_key = CompositeKey("organisation_id", "kind", "year")


class Erasure(Model):
    person_id = IdField(primary_key=True)
    organisation_id = IdField()
    requested_at = MomentField()
    completed_at = MomentField(index=True, null=True)

    class Meta:
        table_name = "erasure"


class IdempotencyKey(Model):
    actor_id = CharField()
    command = CharField()
    request_id = CharField()
    answer = JSONField(null=True)
    at = MomentField(index=True)

    class Meta:
        table_name = "idempotency_key"
        indexes = ((("actor_id", "command", "request_id"), True),)


class Inbox(Model):
    source = CharField()
    event_id = IdField()
    type = CharField()
    subject = CharField(index=True)
    handled_at = MomentField()

    class Meta:
        table_name = "inbox"
        indexes = ((("source", "event_id"), True),)


class InboxPosition(Model):
    source = CharField(primary_key=True)
    epoch = BigIntegerField()
    seq = BigIntegerField()
    head_epoch = BigIntegerField()
    head_seq = BigIntegerField()
    head_seen_at = MomentField(null=True)

    class Meta:
        table_name = "inbox_position"


class InboxRetry(Model):
    source = CharField()
    event_id = IdField()
    subject = CharField(index=True)
    event = TextField()
    attempt = IntegerField()
    next_at = MomentField(index=True)
    error = CharField()
    error_code = CharField(max_length=40)

    class Meta:
        table_name = "inbox_retry"
        indexes = ((("source", "event_id"), True),)


class InboxVersion(Model):
    subject = CharField(primary_key=True)
    epoch = BigIntegerField()
    counter = BigIntegerField()

    class Meta:
        table_name = "inbox_version"


class Lease(Model):
    name = CharField(primary_key=True)
    holder = CharField()
    token = BigIntegerField()
    expires_at = MomentField()

    class Meta:
        table_name = "lease"


class Outbox(Model):
    event_id = IdField(unique=True)
    type = CharField()
    subject = CharField(index=True)
    time = MomentField()
    data = TextField()
    is_state = BooleanField()
    traceparent = CharField(null=True)
    seq = BigIntegerField(unique=True)

    class Meta:
        table_name = "outbox"


class OutboxHead(Model):
    epoch = BigIntegerField()
    sent = BigIntegerField()

    class Meta:
        table_name = "outbox_head"


class OutboxVersion(Model):
    subject = CharField(primary_key=True)
    counter = BigIntegerField()

    class Meta:
        table_name = "outbox_version"


class WorkerFailure(Model):
    worker = CharField(primary_key=True)
    since = MomentField()
    error = CharField()

    class Meta:
        table_name = "worker_failure"


TABLES = [
    AuditEntry,
    DeadLetter,
    Erased,
    ErasedCount,
    Erasure,
    IdempotencyKey,
    Inbox,
    InboxPosition,
    InboxRetry,
    InboxVersion,
    Lease,
    Outbox,
    OutboxHead,
    OutboxVersion,
    WorkerFailure,
]


def up(db: Database) -> None:
    """Create the tables; the audit log can only grow."""
    with db.bind_ctx(TABLES):
        db.create_tables(TABLES)
    forbid_change(db, "audit_entry", "the access log can only grow")


def down(db: Database) -> None:
    """Drop the tables."""
    allow_change(db, "audit_entry")
    with db.bind_ctx(TABLES):
        db.drop_tables(TABLES)
