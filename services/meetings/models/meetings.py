"""Meetings, with the totals that stay."""

from __future__ import annotations

from peewee import SQL, CharField, DateField, ForeignKeyField, IntegerField, TimeField

from services.meetings.models.groups import Group
from services.meetings.models.organisations import Organisation
from services.meetings.models.series import MeetingSeries
from services.meetings.models.service import Model
from shared.storage import IdField, MomentField


class Meeting(Model):
    """One meeting at a local day and time; `series_on` is the day that its series made it for.

    The totals are filled when it is closed and stay when a person is erased.
    """

    id = IdField(primary_key=True)
    organisation = ForeignKeyField(Organisation)
    group = ForeignKeyField(Group)
    series = ForeignKeyField(MeetingSeries, null=True)
    series_on = DateField(null=True)
    kind = CharField(max_length=10)
    on = DateField(index=True)
    at = TimeField()
    zone = CharField(max_length=40)
    minutes = IntegerField()
    state = CharField(max_length=20)
    next_topic = CharField(max_length=80, null=True)
    headcount_unnamed = IntegerField(default=0)
    closed_at = MomentField(null=True)
    closed_by = CharField(max_length=60, null=True)
    total_members = IntegerField(null=True)
    total_present = IntegerField(null=True)
    total_excused = IntegerField(null=True)
    total_absent = IntegerField(null=True)
    total_not_recorded = IntegerField(null=True)
    total_unnamed = IntegerField(null=True)

    class Meta:
        indexes = (
            (("organisation", "series", "series_on"), True),
            (("organisation", "group", "on", "at"), True),
        )


# Written out, because SQLite uses a partial index only where the words of the question are those of the index.
NOT_REPORTED, PLANNED = Meeting.state == SQL("'not_reported'"), Meeting.state == SQL("'planned'")
Meeting.add_index(Meeting.index(Meeting.organisation, where=NOT_REPORTED, name="meeting_not_reported"))
Meeting.add_index(Meeting.index(Meeting.group, Meeting.on, Meeting.at, where=PLANNED, name="meeting_planned"))
# The series of a group run through all of its meetings in their order.
Meeting.add_index(Meeting.index(Meeting.group, Meeting.on, name="meeting_group_on"))
