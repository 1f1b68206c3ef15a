"""Wishes to join a group."""

from __future__ import annotations

from peewee import BlobField, CharField, ForeignKeyField, JSONField

from services.intake.models.foundation import Model
from services.intake.models.people import Participant
from shared.storage import IdField, MomentField


class Signup(Model):
    """Somebody's wish to join a group. Their own words are sealed (`signup.help_question`) and may be emptied.

    days          weekdays, 0 is Monday       avoided_groups  ids of groups
    signed_up_by  self, staff, referrer or walk_in     closed_because  of rules.signups.CLOSE_REASONS
    step     of rules.signups.NextStep, without a look at the clock; empty when nobody waits for anything
    step_at  until when that is early: the end of the talk that is planned; else since when somebody waits
             (both follow from the rest: commands.next_steps keeps them, so that lists can be read by them)
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
    step = CharField(max_length=20, null=True)
    step_at = MomentField(null=True)

    class Meta:
        indexes = (
            (("organisation_id", "state", "id"), False),
            (("organisation_id", "step", "step_at"), False),
        )
