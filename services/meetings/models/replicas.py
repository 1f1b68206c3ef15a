"""Replicas of just what meetings needs of other services' state, without foreign keys."""

from __future__ import annotations

from peewee import BlobField, CharField, DateField, IntegerField, JSONField, TimeField

from services.meetings.models.service import Model
from shared.storage import IdField, MomentField


class Participant(Model):
    """What somebody wants to be called (sealed as `participant.call_name`), and the language they read."""

    id = IdField(primary_key=True)
    organisation_id = IdField(index=True)
    call_name = BlobField()
    language = CharField(max_length=2)


class Reachability(Model):
    """The channels by which somebody can be reached; none means that no message arrives."""

    participant_id = IdField(primary_key=True)
    organisation_id = IdField(index=True)
    channels = JSONField()


class Consent(Model):
    """The purposes that somebody agrees to; the id is the participant's."""

    id = IdField(primary_key=True)
    organisation_id = IdField(index=True)
    purposes = JSONField()


class Signup(Model):
    """A sign-up that is being worked on: `waiting`, `placed`, `returned` or `closed`; for the page of today only.

    returned_by  the group that returned the newest placement
    """

    id = IdField(primary_key=True)
    organisation_id = IdField()
    participant_id = IdField(null=True, index=True)
    state = CharField(max_length=10)
    received_at = MomentField()
    returned_by = IdField(null=True)

    class Meta:
        indexes = ((("state", "received_at"), False),)


class IntroTalk(Model):
    """A talk of a sign-up: `planned`, `called_off`, `held` or `missed`."""

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
        indexes = (
            (("state", "on", "at"), False),
            (("host_staff_id", "state", "on"), False),
        )


class Undelivered(Model):
    """From notifications: a message that a person has to do something about, and why (notifications' CAUSES)."""

    id = IdField(primary_key=True)
    organisation_id = IdField()
    message_type = CharField(max_length=40)
    cause = CharField(max_length=12)
    talk_id = IdField(null=True, index=True)
    membership_id = IdField(null=True, index=True)
    meeting_id = IdField(null=True)
