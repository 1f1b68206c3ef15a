"""Substitutes: who leads one meeting instead of its facilitator."""

from __future__ import annotations

from peewee import ForeignKeyField

from services.meetings.models.meetings import Meeting
from services.meetings.models.organisations import Organisation
from services.meetings.models.service import Model
from services.meetings.models.staff import Staff


class Substitute(Model):
    """Somebody who leads this one meeting instead of a facilitator of the group."""

    organisation = ForeignKeyField(Organisation)
    meeting = ForeignKeyField(Meeting)
    staff = ForeignKeyField(Staff)

    class Meta:
        indexes = ((("organisation", "meeting", "staff"), True),)
