"""That somebody will not come, for this once: an intention, apart from who was there."""

from __future__ import annotations

from peewee import CharField, ForeignKeyField

from services.meetings.models.belonging import Membership
from services.meetings.models.foundation import Model
from services.meetings.models.groups import Meeting
from services.meetings.models.people import Organisation
from shared.storage import IdField, MomentField


class CallOff(Model):
    """One member about one meeting: `called_off`, or `taken_back`. Never why."""

    id = IdField(primary_key=True)
    organisation = ForeignKeyField(Organisation)
    meeting = ForeignKeyField(Meeting)
    membership = ForeignKeyField(Membership)
    state = CharField(max_length=10)
    at = MomentField()

    class Meta:
        indexes = ((("organisation", "meeting", "membership"), True),)
