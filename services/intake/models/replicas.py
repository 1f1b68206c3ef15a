"""Local copies of other services' state, of just what intake needs."""

from __future__ import annotations

import peewee
from peewee import BlobField, BooleanField, CharField, DateField, IntegerField, JSONField, TimeField

from services.intake.models.foundation import Model
from shared.storage import IdField


class Organisation(Model):
    """From meetings: an organisation, the tenant itself; `profile` is what it says of itself."""

    id = IdField(primary_key=True)
    name = CharField(max_length=120)
    slug = CharField(max_length=60, index=True)
    region = CharField(max_length=120)
    profile = JSONField()


class StaffMember(Model):
    """From meetings: somebody who works somewhere; the name is sealed (`staff_member.name`)."""

    id = IdField(primary_key=True)
    name = BlobField()
    is_active = BooleanField()


class StaffGrant(Model):
    """From meetings: one role of one person in one organisation."""

    organisation_id = IdField()
    staff_id = IdField(index=True)
    role = CharField(max_length=20)

    class Meta:
        primary_key = peewee.CompositeKey("organisation_id", "staff_id", "role")


class Group(Model):
    """From meetings: what somebody new needs to know of a group, and the rules of its admission."""

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


class Meeting(Model):
    """From meetings: when a group comes together."""

    id = IdField(primary_key=True)
    organisation_id = IdField()
    group_id = IdField()
    on = DateField()
    at = TimeField()
    zone = CharField(max_length=40)
    state = CharField(max_length=20)

    class Meta:
        indexes = ((("group_id", "on"), False),)


class Membership(Model):
    """From meetings: who belongs to a group, placed by intake or not."""

    id = IdField(primary_key=True)
    organisation_id = IdField()
    participant_id = IdField()
    group_id = IdField()
    state = CharField(max_length=20)
    starts_on = DateField()

    class Meta:
        indexes = ((("group_id", "state"), False), (("participant_id",), False))


class Reachability(Model):
    """From notifications: channels that reach somebody, and channels that bounced."""

    participant_id = IdField(primary_key=True)
    organisation_id = IdField()
    channels = JSONField()
    refused = JSONField()


class Undelivered(Model):
    """From notifications: a message about a talk or about taking part that a person has to do something about."""

    id = IdField(primary_key=True)
    organisation_id = IdField()
    message_type = CharField(max_length=40)
    cause = CharField(max_length=12)
    intro_talk_id = IdField(null=True, index=True)
    membership_id = IdField(null=True, index=True)
