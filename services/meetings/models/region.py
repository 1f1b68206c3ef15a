"""What the figures of a region keep of memberships of people who were erased."""

from __future__ import annotations

import peewee
from peewee import CharField, DateField, ForeignKeyField, IntegerField

from services.meetings.models.groups import Group
from services.meetings.models.organisations import Organisation
from services.meetings.models.service import Model


class ErasedMove(Model):
    """How many moves (of `region.Move`) of people who were erased a group had on a day, so that its counts stay.

    No id and no row of its own for anybody: two people on one day are one row.

    until  of who went, the day on which they were back; NEVER else
    """

    organisation = ForeignKeyField(Organisation)
    group = ForeignKeyField(Group)
    on = DateField()
    kind = CharField(max_length=10)
    until = DateField()
    number = IntegerField()

    class Meta:
        primary_key = peewee.CompositeKey("organisation", "group", "on", "kind", "until")
