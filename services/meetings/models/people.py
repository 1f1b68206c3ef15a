"""Organisations, who works for them, and how they sign in."""

from __future__ import annotations

import peewee
from peewee import BlobField, BooleanField, CharField, ForeignKeyField

from services.meetings.models.foundation import Model
from shared.storage import IdField, MomentField


class Organisation(Model):
    """A tenant; `nel_permission_at` is when it confirmed that it may use the NEL."""

    id = IdField(primary_key=True)
    name = CharField(max_length=120)
    slug = CharField(max_length=60, unique=True)
    region = CharField(max_length=120)
    parent_organisation = ForeignKeyField("self", null=True)
    nel_permission_at = MomentField(null=True)


class Staff(Model):
    """Somebody who signs in. Name and address are sealed (`staff.name`, `staff.email`)."""

    id = IdField(primary_key=True)
    name = BlobField()
    email = BlobField()
    email_index = CharField(max_length=64, unique=True)
    is_active = BooleanField(default=True)


class StaffRole(Model):
    """One role of one person in one organisation."""

    organisation = ForeignKeyField(Organisation)
    staff = ForeignKeyField(Staff, backref="roles")
    role = CharField(max_length=20)

    class Meta:
        primary_key = peewee.CompositeKey("organisation", "staff", "role")


class SignInLink(Model):
    """A link that was mailed; only the hash of its secret is kept. Without staff it is for the first manager.

    leads_to  the page that was asked for before signing in
    used_by   the request_id that used it, so that a double click is not a second use
    """

    id = IdField(primary_key=True)
    staff = ForeignKeyField(Staff, null=True)
    secret_hash = CharField(max_length=64, unique=True)
    expires_at = MomentField()
    leads_to = CharField(max_length=300, default="/")
    used_at = MomentField(null=True)
    used_by = CharField(max_length=36, null=True)


class Session(Model):
    """Somebody who is signed in, on one device; only the hash of its secret is kept.

    proved_at  when they showed a code of their app; until then the session opens nothing
    """

    secret_hash = CharField(max_length=64, primary_key=True)
    staff = ForeignKeyField(Staff)
    started_at = MomentField()
    proved_at = MomentField(null=True)
    seen_at = MomentField()
    ended_at = MomentField(null=True)
