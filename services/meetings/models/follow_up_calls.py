"""Calls after a missed meeting."""

from __future__ import annotations

from peewee import CharField, DateField, ForeignKeyField

from services.meetings.models.meetings import Meeting
from services.meetings.models.memberships import Membership
from services.meetings.models.organisations import Organisation
from services.meetings.models.service import Model
from shared.storage import IdField, MomentField


class FollowUpCall(Model):
    """A call to make about one missed meeting: `open`, `closed`, `lapsed` or `withdrawn`.

    later_on   not before this day
    lapses_at  from then on the call is not needed any more
    reason     one of `follow_up_calls.CALL_REASONS`; there is no free text
    """

    id = IdField(primary_key=True)
    organisation = ForeignKeyField(Organisation)
    meeting = ForeignKeyField(Meeting)
    membership = ForeignKeyField(Membership)
    state = CharField(max_length=10)
    later_on = DateField(null=True)
    lapses_at = MomentField(index=True)
    reason = CharField(max_length=20, null=True)
    closed_at = MomentField(null=True)
    closed_by = CharField(max_length=60, null=True)

    class Meta:
        indexes = ((("organisation", "meeting", "membership"), True),)
