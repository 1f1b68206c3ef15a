"""Placements in groups."""

from __future__ import annotations

from peewee import CharField, DateField, ForeignKeyField

from services.intake.models.foundation import Model
from services.intake.models.people import Participant
from services.intake.models.signups import Signup
from shared.storage import IdField, MomentField


class Placement(Model):
    """A place given in a group; counted until its membership is, or until it is returned."""

    id = IdField(primary_key=True)
    organisation_id = IdField()
    signup = ForeignKeyField(Signup)
    participant = ForeignKeyField(Participant)
    group_id = IdField()
    starts_on = DateField()
    state = CharField(max_length=20)
    placed_at = MomentField()
    returned_because = CharField(max_length=40, null=True)

    class Meta:
        indexes = ((("group_id", "state"), False),)


# Only one may be open at a time: the store keeps it so, whatever a command forgets.
Placement.add_index(
    Placement.index(
        Placement.organisation_id,
        Placement.group_id,
        Placement.participant,
        unique=True,
        where=Placement.state == "placed",
        name="placement_open_once",
    )
)
