"""Groups and who leads them."""

from __future__ import annotations

from peewee import CharField, ForeignKeyField, JSONField

from services.meetings.models.organisations import Organisation
from services.meetings.models.service import Model
from services.meetings.models.staff import Staff
from services.meetings.models.venues import Venue
from shared.storage import IdField


class Group(Model):
    """A group: its kind, and its own overrides of the rules. Its name is free again once it has ended."""

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
