"""Introductory talks."""

from __future__ import annotations

from peewee import BlobField, BooleanField, CharField, DateField, ForeignKeyField, IntegerField, TimeField

from services.intake.models.foundation import Model
from services.intake.models.signups import Signup
from shared.storage import IdField, MomentField


class IntroTalk(Model):
    """One introductory talk, in local wall time; what was said in it is kept nowhere.

    From `outcome` on: what both decided at `decided_at`. The place may be somebody's home, and the reason may tell
    of somebody's health, so both are sealed (`intro_talk.place`, `intro_talk.reason`).
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
    place = BlobField()
    state = CharField(max_length=20)
    called_off_by = CharField(max_length=20, null=True)
    outcome = CharField(max_length=20, null=True)
    group_id = IdField(null=True)
    reason = BlobField(null=True)
    helps_instead = CharField(max_length=20, null=True)
    way_back = CharField(max_length=20, null=True)
    second_look = BooleanField(default=False)
    decided_at = MomentField(null=True)


# Only one may be open at a time: the store keeps it so, whatever a command forgets.
IntroTalk.add_index(
    IntroTalk.index(
        IntroTalk.organisation_id,
        IntroTalk.signup,
        unique=True,
        where=IntroTalk.state.in_(["planned", "moved"]),
        name="intro_talk_planned_once",
    )
)
