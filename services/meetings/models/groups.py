"""Groups: where they meet, by which rules, who leads them, and when."""

from __future__ import annotations

from peewee import CharField, DateField, ForeignKeyField, IntegerField, JSONField, TimeField

from services.meetings.models.foundation import Model
from services.meetings.models.people import Organisation, Staff
from shared.storage import IdField, MomentField


class Venue(Model):
    """A place to meet; `area` is the four digits of its postcode."""

    id = IdField(primary_key=True)
    organisation = ForeignKeyField(Organisation)
    name = CharField(max_length=120)
    address = CharField(max_length=200)
    area = CharField(max_length=10)
    features = JSONField()

    class Meta:
        indexes = ((("organisation", "name"), True),)


class Group(Model):
    """A kind with a group's own overrides over its rules. Its name may be used again once the group has ended."""

    id = IdField(primary_key=True)
    organisation = ForeignKeyField(Organisation)
    name = CharField(max_length=80)
    kind = CharField(max_length=40)
    overrides = JSONField()
    state = CharField(max_length=20)
    venue = ForeignKeyField(Venue, null=True)
    themes = JSONField()

    class Meta:
        table_name = "peer_group"  # `group` is a word of SQL


Group.add_index(
    Group.index(Group.organisation, Group.name, unique=True, where=Group.state != "ended", name="peer_group_name")
)


class GroupFacilitator(Model):
    """Who leads a group, as its first or as co."""

    organisation = ForeignKeyField(Organisation)
    group = ForeignKeyField(Group)
    staff = ForeignKeyField(Staff)
    place = CharField(max_length=10)

    class Meta:
        indexes = ((("organisation", "group", "staff"), True),)


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
