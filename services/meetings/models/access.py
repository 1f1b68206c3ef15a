"""What proves who somebody is beside a link that was mailed, and how often that was tried."""

from __future__ import annotations

import peewee
from peewee import BigIntegerField, BlobField, CharField, ForeignKeyField, IntegerField

from services.meetings.models.foundation import Model, service
from services.meetings.models.people import Organisation, Staff
from shared.security.rate_limit import RateLimiter
from shared.storage import IdField, MomentField

rate_limiter = RateLimiter(service.database, service.encryption)


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


class AccessCode(Model):
    """Six digits that were sent to somebody's own channel, to open their own page.

    code_index  blind, bound to this row: six digits alone would be guessed from a plain hash
    wrong       how many other codes were typed while this one worked
    used_by     the request_id that used it, so that a double click is not a second use
    """

    id = IdField(primary_key=True)
    organisation_id = IdField()
    participant_id = IdField()
    code_index = CharField(max_length=64)
    made_at = MomentField()
    expires_at = MomentField(index=True)
    wrong = IntegerField(default=0)
    used_at = MomentField(null=True)
    used_by = CharField(max_length=36, null=True)

    class Meta:
        indexes = ((("organisation_id", "participant_id"), False),)
