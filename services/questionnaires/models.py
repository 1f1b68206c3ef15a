"""The tables of questionnaires and nobody else's: replicas, who was asked what, and sealed answers."""

from __future__ import annotations

from typing import Any

import peewee
from peewee import BlobField, BooleanField, CharField, ForeignKeyField, IntegerField, JSONField

from shared.service import Service
from shared.storage import IdField, MomentField

service = Service("questionnaires")
Model: Any = service.database.Model


class Organisation(Model):
    """A replica of just this: its name, and the keys of the lists that it may use."""

    id = IdField(primary_key=True)
    name = CharField(max_length=120)
    permitted = JSONField()


class Group(Model):
    """A replica of just this: its name and state, and the keys of the lists that it chose."""

    id = IdField(primary_key=True)
    organisation_id = IdField(index=True)
    name = CharField(max_length=120)
    state = CharField(max_length=20)
    chosen = JSONField()


class Membership(Model):
    """A replica of just this: who is in which group, by opaque ids."""

    id = IdField(primary_key=True)
    organisation_id = IdField(index=True)
    group_id = IdField(index=True)
    participant_id = IdField(index=True)
    is_active = BooleanField()


class Participant(Model):
    """A replica of just this: the language that somebody reads."""

    participant_id = IdField(primary_key=True)
    organisation_id = IdField()
    language = CharField(max_length=2)


class Consent(Model):
    """A replica of just this: whether somebody may be asked to fill in a list."""

    participant_id = IdField(primary_key=True)
    organisation_id = IdField()
    may_ask = BooleanField()


class Measurement(Model):
    """One person asked to fill in one version of one list once, for one moment: "start"."""

    id = IdField(primary_key=True)
    organisation_id = IdField()
    participant_id = IdField(index=True)
    group_id = IdField(index=True)
    questionnaire = CharField(max_length=60)
    version = IntegerField()
    moment = CharField(max_length=20)
    state = CharField(max_length=20)
    opened_at = MomentField()
    expires_at = MomentField()
    completed_at = MomentField(null=True)

    class Meta:
        indexes = ((("organisation_id", "participant_id", "group_id", "questionnaire", "moment"), True),)


class Answer(Model):
    """What was answered to one statement, sealed (`answer.value`): a number, or a dash where it was skipped.

    `request_id` is that of the page it was given on: only that page may change it.
    """

    id = IdField(primary_key=True)
    organisation_id = IdField()
    measurement = ForeignKeyField(Measurement, backref="answers")
    item_key = CharField(max_length=40)
    value = BlobField()
    request_id = IdField()

    class Meta:
        indexes = ((("organisation_id", "measurement", "item_key"), True),)


# What the expiry job selects every second. In words, not in bound values: SQLite would not use the index.
UNFINISHED = peewee.SQL("state IN ('open', 'started')")
Measurement.add_index(Measurement.index(Measurement.expires_at, where=UNFINISHED, name="measurement_unfinished"))

TABLES: list[type[peewee.Model]] = [Organisation, Group, Membership, Participant, Consent, Measurement, Answer]
# The organisation is the tenant itself.
NOT_OF_A_TENANT = ("Organisation",)
