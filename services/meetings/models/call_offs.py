"""Call-offs of one meeting: an intention, apart from who was there."""

from __future__ import annotations

from peewee import CharField, ForeignKeyField

from services.meetings.models.meetings import Meeting
from services.meetings.models.memberships import Membership
from services.meetings.models.organisations import Organisation
from services.meetings.models.service import Model
from shared.storage import IdField, MomentField


class CallOff(Model):
    """The intention of one member about one meeting: `called_off` or `taken_back`; never why."""

    id = IdField(primary_key=True)
    organisation = ForeignKeyField(Organisation)
    meeting = ForeignKeyField(Meeting)
    membership = ForeignKeyField(Membership)
    state = CharField(max_length=10)
    at = MomentField()

    class Meta:
        indexes = ((("organisation", "meeting", "membership"), True),)
