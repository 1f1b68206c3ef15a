"""Changes of one meeting."""

from __future__ import annotations

from peewee import CharField, DateField, ForeignKeyField, TimeField

from services.meetings.models.meetings import Meeting
from services.meetings.models.memberships import Membership
from services.meetings.models.organisations import Organisation
from services.meetings.models.service import Model
from shared.storage import IdField, MomentField


class MeetingChange(Model):
    """One meeting was `moved`, `cancelled` or `reopened`, by whom and when; never why.

    old_on, old_at  the moment before it was moved
    """

    id = IdField(primary_key=True)
    organisation = ForeignKeyField(Organisation)
    meeting = ForeignKeyField(Meeting)
    kind = CharField(max_length=10)
    old_on = DateField(null=True)
    old_at = TimeField(null=True)
    at = MomentField()
    by = CharField(max_length=60)


class InformedInPerson(Model):
    """A member was informed in person of how this meeting was changed, so nobody has to do so any more."""

    organisation = ForeignKeyField(Organisation)
    meeting = ForeignKeyField(Meeting)
    membership = ForeignKeyField(Membership)
    at = MomentField()
    by = CharField(max_length=60)

    class Meta:
        indexes = ((("organisation", "meeting", "membership"), True),)


class MeetingPlace(Model):
    """Where one meeting is, when that is not where the group meets."""

    organisation = ForeignKeyField(Organisation)
    meeting = ForeignKeyField(Meeting)
    name = CharField(max_length=120)
    address = CharField(max_length=200)

    class Meta:
        indexes = ((("organisation", "meeting"), True),)
