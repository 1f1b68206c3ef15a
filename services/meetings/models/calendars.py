"""Secret addresses that calendars read."""

from __future__ import annotations

from peewee import CharField, ForeignKeyField

from services.meetings.models.groups import Group
from services.meetings.models.organisations import Organisation
from services.meetings.models.service import Model
from shared.storage import IdField, MomentField


class CalendarFeed(Model):
    """A secret address for the calendar of one group, or of one person; only the hash of its secret is kept.

    Each has one at most. Withdrawing an address deletes its row.
    """

    id = IdField(primary_key=True)
    organisation = ForeignKeyField(Organisation)
    group = ForeignKeyField(Group, null=True)
    participant_id = IdField(null=True)
    secret_hash = CharField(max_length=64, index=True)
    made_at = MomentField()

    class Meta:
        indexes = (
            (("organisation", "group"), True),
            (("organisation", "participant_id"), True),
            (("organisation", "secret_hash"), True),
        )
