"""Authenticator apps of staff, and reports that one was lost."""

from __future__ import annotations

import peewee
from peewee import BigIntegerField, BlobField, ForeignKeyField

from services.meetings.models.organisations import Organisation
from services.meetings.models.service import Model
from services.meetings.models.staff import Staff
from shared.storage import IdField, MomentField


class Authenticator(Model):
    """The authenticator app of a member of staff. Its secret is sealed
    (`authenticator.secret`).

    confirmed_at  when the first code of it was right; before that it counts for nothing
    last_step     time step of the last code that was used: that one and earlier ones do not work any more
    """

    staff = ForeignKeyField(Staff, primary_key=True)
    secret = BlobField()
    made_at = MomentField()
    confirmed_at = MomentField(null=True)
    last_step = BigIntegerField(default=0)


class AuthenticatorReset(Model):
    """One manager's report that a colleague lost their app; a second one confirms it."""

    organisation = ForeignKeyField(Organisation)
    staff = ForeignKeyField(Staff)
    asked_by = IdField()
    asked_at = MomentField()

    class Meta:
        primary_key = peewee.CompositeKey("organisation", "staff")
