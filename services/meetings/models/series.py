"""Series: rhythms and picked days from which meetings are made."""

from __future__ import annotations

from peewee import CharField, DateField, ForeignKeyField, IntegerField, JSONField, TimeField

from services.meetings.models.groups import Group
from services.meetings.models.organisations import Organisation
from services.meetings.models.service import Model
from shared.storage import IdField


class MeetingSeries(Model):
    """A rhythm in local wall time, or days picked one by one (then `days` is filled and the rhythm is not).

    made_until  up to and including this day its meetings have been made
    """

    id = IdField(primary_key=True)
    organisation = ForeignKeyField(Organisation)
    group = ForeignKeyField(Group)
    first_on = DateField()
    at = TimeField()
    zone = CharField(max_length=40)
    minutes = IntegerField()
    every_weeks = IntegerField(null=True)
    end_on = DateField(null=True)
    skipped = JSONField()
    days = JSONField(null=True)
    made_until = DateField(index=True)
