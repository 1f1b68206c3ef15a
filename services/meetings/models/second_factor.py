"""Authenticator apps of staff, and colleagues who say that one was lost."""

from __future__ import annotations

import peewee
from peewee import BigIntegerField, BlobField, ForeignKeyField

from services.meetings.models.organisations import Organisation
from services.meetings.models.service import Model
from services.meetings.models.staff import Staff
from shared.storage import IdField, MomentField


class Authenticator(Model):
    """The app with which somebody who works here shows that it is them. Its secret is sealed
    (`authenticator.secret`).

    confirmed_at  when the first code of it was right; before that it counts for nothing
    last_step     of the last code that was used: a code works once, and none before it works any more
    """

    staff = ForeignKeyField(Staff, primary_key=True)
    secret = BlobField()
    made_at = MomentField()
    confirmed_at = MomentField(null=True)
    last_step = BigIntegerField(default=0)


class AuthenticatorReset(Model):
    """That one manager says that a colleague lost their app; it happens when a second one says so too."""

    organisation = ForeignKeyField(Organisation)
    staff = ForeignKeyField(Staff)
    asked_by = IdField()
    asked_at = MomentField()

    class Meta:
        primary_key = peewee.CompositeKey("organisation", "staff")
