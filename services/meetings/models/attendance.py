"""Who was at a meeting."""

from __future__ import annotations

from peewee import CharField, ForeignKeyField

from services.meetings.models.meetings import Meeting
from services.meetings.models.memberships import Membership
from services.meetings.models.organisations import Organisation
from services.meetings.models.service import Model
from shared.storage import MomentField


class Attendance(Model):
    """How one member was marked at one meeting, by whom and when; never why."""

    organisation = ForeignKeyField(Organisation)
    meeting = ForeignKeyField(Meeting)
    membership = ForeignKeyField(Membership)
    mark = CharField(max_length=12)
    marked_by = CharField(max_length=60)
    marked_at = MomentField()

    class Meta:
        indexes = ((("organisation", "meeting", "membership"), True),)
