"""The tables of the mechanism as they were first made: frozen, used by the first migration of every service."""

from __future__ import annotations

from typing import Any

import peewee
from peewee import BigIntegerField, BooleanField, CharField, IntegerField, TextField

from shared.store import allow_change, forbid_change


class Model(peewee.Model):
    """Bound to the database of the migration that runs."""

    class Meta:
        legacy_table_names = False


class Outbox(Model):
    event_id = CharField(max_length=36, unique=True)
    type = CharField()
    subject = CharField(index=True)
    time = CharField(max_length=27)
    data = TextField()
    is_state = BooleanField()
    traceparent = CharField(null=True)
    seq = BigIntegerField(null=True, unique=True)


class OutboxHead(Model):
    epoch = BigIntegerField()
    seq = BigIntegerField()


class OutboxVersion(Model):
    subject = CharField(primary_key=True)
    counter = BigIntegerField()


class Inbox(Model):
    source = CharField()
    event_id = CharField(max_length=36)
    type = CharField()
    subject = CharField(index=True)
    heard_at = CharField(max_length=27)

    class Meta:
        indexes = ((("source", "event_id"), True),)


class InboxPosition(Model):
    source = CharField(primary_key=True)
    epoch = BigIntegerField()
    seq = BigIntegerField()


class InboxVersion(Model):
    subject = CharField(primary_key=True)
    epoch = BigIntegerField()
    counter = BigIntegerField()


class InboxRetry(Model):
    source = CharField()
    event_id = CharField(max_length=36)
    subject = CharField(index=True)
    letter = TextField()
    attempt = IntegerField()
    next_at = CharField(max_length=27, index=True)
    error = CharField()

    class Meta:
        indexes = ((("source", "event_id"), True),)


class DeadLetter(Model):
    source = CharField()
    event_id = CharField()
    subject = CharField(index=True)
    letter = TextField()
    reason = CharField()
    died_at = CharField(max_length=27)
    replayed_at = CharField(max_length=27, null=True)
    replay_reason = CharField(null=True)


class Lease(Model):
    name = CharField(primary_key=True)
    holder = CharField()
    token = BigIntegerField()
    expires_at = CharField(max_length=27)


class AuditLine(Model):
    at = CharField(max_length=27, index=True)
    event = CharField()
    actor_id = CharField()
    actor_kind = CharField()
    actor_roles = CharField()
    organisation_id = CharField(max_length=36, null=True)
    about_kind = CharField()
    about_id = CharField(index=True)
    purpose = CharField()
    outcome = CharField()
    network_point = CharField(null=True)


class RequestSeen(Model):
    actor_id = CharField()
    command = CharField()
    request_id = CharField()
    answer = peewee.JSONField(null=True)
    at = CharField(max_length=27, index=True)

    class Meta:
        indexes = ((("actor_id", "command", "request_id"), True),)


TABLES = [
    Outbox, OutboxHead, OutboxVersion, Inbox, InboxPosition, InboxVersion, InboxRetry, DeadLetter, Lease,
    AuditLine, RequestSeen,
]  # fmt: skip


def up(db: Any) -> None:
    """Make them all, with the index of what waits for the relay and a trail that can only grow."""
    with db.bind_ctx(TABLES):
        db.create_tables(TABLES)
    db.execute_sql("CREATE INDEX outbox_unnumbered ON outbox (id) WHERE seq IS NULL")
    forbid_change(db, "audit_line", "the trail can only grow")


def down(db: Any) -> None:
    """Drop them all."""
    allow_change(db, "audit_line")
    with db.bind_ctx(TABLES):
        db.drop_tables(TABLES)
