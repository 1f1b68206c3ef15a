"""The tables of intake and nobody else's: its own people and, below, copies of what the others said."""

from __future__ import annotations

from typing import Any

import peewee
from peewee import (
    BlobField,
    BooleanField,
    CharField,
    DateField,
    ForeignKeyField,
    IntegerField,
    JSONField,
    TimeField,
)

from shared.security.rate_limit import RateLimiter
from shared.service import Service
from shared.storage import IdField, MomentField

service = Service("intake")
rate_limiter = RateLimiter(service.database, service.encryption)
Model: Any = service.database.Model


class Participant(Model):
    """Somebody who signed up; `organisation_id` is their home. The name is sealed (`participant.call_name`)."""

    id = IdField(primary_key=True)
    organisation_id = IdField(index=True)
    call_name = BlobField()
    language = CharField(max_length=2)


class Contact(Model):
    """How somebody can be reached; all may be empty. Addresses are sealed (`contact.email`, `contact.mobile`).

    The indexes are blind and not unique: partners may share a phone.
    """

    participant = ForeignKeyField(Participant, primary_key=True)
    organisation_id = IdField()
    email = BlobField(null=True)
    email_index = CharField(max_length=64, null=True)
    mobile = BlobField(null=True)
    mobile_index = CharField(max_length=64, null=True)
    phone_is_shared = BooleanField(default=False)
    may_leave_message = BooleanField(default=False)

    class Meta:
        indexes = (
            (("organisation_id", "email_index"), False),
            (("organisation_id", "mobile_index"), False),
        )


class Consent(Model):
    """A yes for one purpose by one channel, with the text that was read; taken back is a moment, not a removal."""

    id = IdField(primary_key=True)
    organisation_id = IdField()
    participant = ForeignKeyField(Participant)
    purpose = CharField(max_length=20)
    channel = CharField(max_length=10)
    text_version = CharField(max_length=10)
    given_at = MomentField()
    withdrawn_at = MomentField(null=True)


class Signup(Model):
    """Somebody's wish to join a group. Their own words are sealed (`signup.help_question`) and may be emptied.

    days          weekdays, 0 is Monday       avoided_groups  ids of groups
    signed_up_by  self, staff, referrer or walk_in     closed_because  of rules.progress.CLOSE_REASONS
    """

    id = IdField(primary_key=True)
    organisation_id = IdField()
    participant = ForeignKeyField(Participant)
    state = CharField(max_length=20)
    signed_up_by = CharField(max_length=10)
    received_at = MomentField()
    help_question = BlobField(null=True)
    audience = CharField(max_length=20, null=True)
    days = JSONField(default=list)
    parts_of_day = JSONField(default=list)
    area = CharField(max_length=4, null=True)
    needs = JSONField(default=list)
    themes = JSONField(default=list)
    avoided_groups = JSONField(default=list)
    closed_because = CharField(max_length=20, null=True)
    closed_at = MomentField(null=True)

    class Meta:
        indexes = ((("organisation_id", "state"), False),)


class IntroTalk(Model):
    """One introductory talk, in local wall time; what was said in it is kept nowhere.

    From `outcome` on: what both decided at `decided_at`. The reason may tell of somebody's health, so it is
    sealed (`intro_talk.reason`).
    """

    id = IdField(primary_key=True)
    organisation_id = IdField()
    signup = ForeignKeyField(Signup)
    host_staff_id = IdField()
    on = DateField()
    at = TimeField()
    zone = CharField(max_length=40)
    minutes = IntegerField()
    form = CharField(max_length=20)
    place = CharField(max_length=200)
    state = CharField(max_length=20)
    called_off_by = CharField(max_length=20, null=True)
    outcome = CharField(max_length=20, null=True)
    group_id = IdField(null=True)
    reason = BlobField(null=True)
    helps_instead = CharField(max_length=20, null=True)
    way_back = CharField(max_length=20, null=True)
    second_look = BooleanField(default=False)
    decided_at = MomentField(null=True)


class Placement(Model):
    """A place given in a group; it is counted from here until a membership is, or until it came back."""

    id = IdField(primary_key=True)
    organisation_id = IdField()
    signup = ForeignKeyField(Signup)
    participant = ForeignKeyField(Participant)
    group_id = IdField(index=True)
    starts_on = DateField()
    state = CharField(max_length=20)
    placed_at = MomentField()
    returned_because = CharField(max_length=40, null=True)


class Organisation(Model):
    """Heard from meetings."""

    id = IdField(primary_key=True)
    name = CharField(max_length=120)
    slug = CharField(max_length=60, index=True)
    region = CharField(max_length=120)


class StaffMember(Model):
    """Heard from meetings; the name is sealed (`staff_member.name`)."""

    id = IdField(primary_key=True)
    name = BlobField()
    is_active = BooleanField()


class StaffGrant(Model):
    """Heard from meetings: one role of one person in one organisation."""

    organisation_id = IdField()
    staff_id = IdField(index=True)
    role = CharField(max_length=20)

    class Meta:
        primary_key = peewee.CompositeKey("organisation_id", "staff_id", "role")


class Group(Model):
    """Heard from meetings: what somebody new needs to know of a group, and by which rules one comes in."""

    id = IdField(primary_key=True)
    organisation_id = IdField(index=True)
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


class Meeting(Model):
    """Heard from meetings: when a group comes together."""

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
    """Heard from meetings: who belongs to a group, whether or not they came by us."""

    id = IdField(primary_key=True)
    organisation_id = IdField()
    participant_id = IdField()
    group_id = IdField()
    state = CharField(max_length=20)
    starts_on = DateField()

    class Meta:
        indexes = ((("group_id", "state"), False), (("participant_id",), False))


class Reachability(Model):
    """Heard from notifications: channels that work for somebody, and channels that came back."""

    participant_id = IdField(primary_key=True)
    organisation_id = IdField()
    channels = JSONField()
    refused = JSONField()


class ErasureRequest(Model):
    """Somebody who is to be forgotten everywhere; of them nothing is left here but this id.

    asked_by  self, staff, or earlier: asked before this store was put back to an older day
    noted_at  when it was written in the ledger that restores go by
    """

    participant_id = IdField(primary_key=True)
    organisation_id = IdField(index=True)
    asked_by = CharField(max_length=10)
    asked_at = MomentField()
    noted_at = MomentField(null=True)


class ErasureAnswer(Model):
    """Heard from a service: nothing of somebody can be found there any more."""

    organisation_id = IdField()
    participant_id = IdField()
    service = CharField(max_length=20)
    answered_at = MomentField()

    class Meta:
        indexes = ((("organisation_id", "participant_id", "service"), True),)


# What may be there only once as long as it is open: the store keeps it, whatever a command forgets.
Consent.add_index(
    Consent.index(
        Consent.organisation_id, Consent.participant, Consent.purpose, Consent.channel, unique=True,
        where=Consent.withdrawn_at.is_null(), name="consent_given_once",
    )
)  # fmt: skip
IntroTalk.add_index(
    IntroTalk.index(
        IntroTalk.organisation_id, IntroTalk.signup, unique=True, where=IntroTalk.state.in_(["planned", "moved"]),
        name="intro_talk_planned_once",
    )
)  # fmt: skip
Placement.add_index(
    Placement.index(
        Placement.organisation_id, Placement.group_id, Placement.participant, unique=True,
        where=Placement.state == "placed", name="placement_open_once",
    )
)  # fmt: skip

TABLES: list[type[peewee.Model]] = [
    Participant, Contact, Consent, Signup, IntroTalk, Placement, Organisation, StaffMember, StaffGrant, Group,
    Meeting, Membership, Reachability, ErasureRequest, ErasureAnswer, rate_limiter.Attempt,
]  # fmt: skip
# Heard from meetings: a tenant itself, and people who may work for several. What was tried is nobody's.
NOT_OF_A_TENANT = ("Organisation", "StaffMember", "Attempt")
