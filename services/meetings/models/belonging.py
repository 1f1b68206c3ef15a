"""Who belongs to a group, and who was at a meeting."""

from __future__ import annotations

from peewee import CharField, DateField, ForeignKeyField

from services.meetings.models.foundation import Model
from services.meetings.models.groups import Group, Meeting
from services.meetings.models.people import Organisation
from shared.storage import IdField, MomentField


class Membership(Model):
    """One stay in one group; somebody who comes back gets another one. Only one at a time is active."""

    id = IdField(primary_key=True)
    organisation = ForeignKeyField(Organisation)
    group = ForeignKeyField(Group)
    participant_id = IdField()
    placement_id = IdField(null=True)
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
    """A placement that could not become a membership, and why: it was answered once and for all."""

    organisation = ForeignKeyField(Organisation)
    placement_id = IdField()
    reason = CharField(max_length=40)

    class Meta:
        indexes = ((("organisation", "placement_id"), True),)


class Attendance(Model):
    """How one member was marked at one meeting, by whom and when. Never why."""

    organisation = ForeignKeyField(Organisation)
    meeting = ForeignKeyField(Meeting)
    membership = ForeignKeyField(Membership)
    mark = CharField(max_length=12)
    marked_by = CharField(max_length=60)
    marked_at = MomentField()

    class Meta:
        indexes = ((("organisation", "meeting", "membership"), True),)


class FollowUpCall(Model):
    """That somebody may be called about one missed meeting: `open`, `closed`, `lapsed` or `withdrawn`.

    later_on   not before this day
    lapses_at  from then on nobody needs to call any more
    reason     the one of `follow_ups.CALL_REASONS` that was told; there is no place for a story
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
