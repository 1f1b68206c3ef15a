"""Organisations, the tenants."""

from __future__ import annotations

from peewee import CharField, ForeignKeyField, JSONField

from services.meetings.models.service import Model
from shared.storage import IdField, MomentField


class Organisation(Model):
    """A tenant.

    nel_permission_at  when it confirmed that it may use the NEL
    profile            what it says of itself, as `rules.profiles` stores it
    """

    id = IdField(primary_key=True)
    name = CharField(max_length=120)
    slug = CharField(max_length=60, unique=True)
    region = CharField(max_length=120)
    parent_organisation = ForeignKeyField("self", null=True)
    nel_permission_at = MomentField(null=True)
    profile = JSONField(default=dict)
