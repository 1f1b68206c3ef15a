"""Who belongs to a group, and placements that could not become a membership."""

from __future__ import annotations

from peewee import CharField, DateField, ForeignKeyField

from services.meetings.models.groups import Group
from services.meetings.models.organisations import Organisation
from services.meetings.models.service import Model
from shared.storage import IdField, MomentField


class Membership(Model):
    """One stay in one group; somebody who comes back gets another one. Only one at a time is active."""

    id = IdField(primary_key=True)
    organisation = ForeignKeyField(Organisation)
    group = ForeignKeyField(Group)
    participant_id = IdField(index=True)
    placement_id = IdField(null=True)
    made_at = MomentField()
    state = CharField(max_length=10)
    starts_on = DateField()
    ended_on = DateField(null=True)
    end_reason = CharField(max_length=20, null=True)

    class Meta:
        indexes = ((("organisation", "placement_id"), True),)


Membership.add_index(
    Membership.index(
        Membership.organisation,
        Membership.group,
        Membership.participant_id,
        unique=True,
        where=Membership.state == "active",
        name="membership_active",
    )
)


class ReturnedPlacement(Model):
    """A placement that could not become a membership, and why; this never changes."""

    organisation = ForeignKeyField(Organisation)
    placement_id = IdField()
    reason = CharField(max_length=40)

    class Meta:
        indexes = ((("organisation", "placement_id"), True),)
