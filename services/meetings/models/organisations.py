"""Organisations, the tenants."""

from __future__ import annotations

from peewee import CharField, ForeignKeyField

from services.meetings.models.service import Model
from shared.storage import IdField, MomentField


class Organisation(Model):
    """A tenant; `nel_permission_at` is when it confirmed that it may use the NEL."""

    id = IdField(primary_key=True)
    name = CharField(max_length=120)
    slug = CharField(max_length=60, unique=True)
    region = CharField(max_length=120)
    parent_organisation = ForeignKeyField("self", null=True)
    nel_permission_at = MomentField(null=True)
