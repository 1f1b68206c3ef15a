"""Links that were mailed, and sessions."""

from __future__ import annotations

from peewee import CharField, ForeignKeyField

from services.meetings.models.service import Model
from services.meetings.models.staff import Staff
from shared.storage import IdField, MomentField


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

    proved_at  when the second factor was given; until then the session opens nothing
    """

    secret_hash = CharField(max_length=64, primary_key=True)
    staff = ForeignKeyField(Staff)
    started_at = MomentField()
    proved_at = MomentField(null=True)
    seen_at = MomentField()
    ended_at = MomentField(null=True)
