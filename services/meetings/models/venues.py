"""Venues."""

from __future__ import annotations

from peewee import CharField, ForeignKeyField, JSONField

from services.meetings.models.organisations import Organisation
from services.meetings.models.service import Model
from shared.storage import IdField


class Venue(Model):
    """A venue; `area` is the four digits of its postcode."""

    id = IdField(primary_key=True)
    organisation = ForeignKeyField(Organisation)
    name = CharField(max_length=120)
    address = CharField(max_length=200)
    area = CharField(max_length=10)
    features = JSONField()

    class Meta:
        indexes = ((("organisation", "name"), True),)
