"""Staff and their roles."""

from __future__ import annotations

import peewee
from peewee import BlobField, BooleanField, CharField, ForeignKeyField

from services.meetings.models.organisations import Organisation
from services.meetings.models.service import Model
from shared.storage import IdField


class Staff(Model):
    """Somebody who signs in. Name and address are sealed (`staff.name`, `staff.email`).

    manages_installation  whether this manager was appointed to add organisations; it opens nothing inside them
    """

    id = IdField(primary_key=True)
    name = BlobField()
    email = BlobField()
    email_index = CharField(max_length=64, unique=True)
    is_active = BooleanField(default=True)
    manages_installation = BooleanField(default=False)


class StaffRole(Model):
    """One role of one person in one organisation."""

    organisation = ForeignKeyField(Organisation)
    staff = ForeignKeyField(Staff, backref="roles")
    role = CharField(max_length=20)

    class Meta:
        primary_key = peewee.CompositeKey("organisation", "staff", "role")
