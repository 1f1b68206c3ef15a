"""What is different about one meeting, and the secret addresses at which a calendar reads when there is one."""

from __future__ import annotations

from peewee import CharField, DateField, ForeignKeyField, TimeField

from services.meetings.models.foundation import Model
from services.meetings.models.groups import Group, Meeting
from services.meetings.models.people import Organisation, Staff
from shared.storage import IdField, MomentField


class MeetingChange(Model):
    """That one meeting was `moved`, `cancelled` or `reopened`, by whom and when. Never why.

    old_on, old_at  when it was before it was moved
    """

    id = IdField(primary_key=True)
    organisation = ForeignKeyField(Organisation)
    meeting = ForeignKeyField(Meeting)
    kind = CharField(max_length=10)
    old_on = DateField(null=True)
    old_at = TimeField(null=True)
    at = MomentField()
    by = CharField(max_length=60)


class MeetingPlace(Model):
    """Where one meeting is, when that is not where the group meets."""

    organisation = ForeignKeyField(Organisation)
    meeting = ForeignKeyField(Meeting)
    name = CharField(max_length=120)
    address = CharField(max_length=200)

    class Meta:
        indexes = ((("organisation", "meeting"), True),)


class Substitute(Model):
    """Somebody who leads this one meeting, for who leads the group."""

    organisation = ForeignKeyField(Organisation)
    meeting = ForeignKeyField(Meeting)
    staff = ForeignKeyField(Staff)

    class Meta:
        indexes = ((("organisation", "meeting", "staff"), True),)


class CalendarFeed(Model):
    """A secret address for the calendar of one group, or of one person; only the hash of its secret is kept.

    Each has one at most. An address that is withdrawn is a row that is gone.
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
