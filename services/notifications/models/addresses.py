"""Whether an address is somebody's, and that something changed in how they may be reached."""

from __future__ import annotations

from peewee import BooleanField, CharField

from services.notifications.models.foundation import Model
from shared.storage import IdField, MomentField


class Address(Model):
    """An address that somebody has or had, as a blind index: `queries.addresses.blind_index`.

    needs_proof   it was somebody else's before, or this person's own address changed: nothing goes there but the
                  question whether it is right
    confirmed_by  link, reply, talk or staff
    refused_at    since when the other side says that it does not exist
    """

    organisation_id = IdField()
    participant_id = IdField(index=True)
    channel = CharField(max_length=5)
    blind = CharField(max_length=64, index=True)
    handled_at = MomentField()
    needs_proof = BooleanField(default=False)
    confirmed_at = MomentField(null=True)
    confirmed_by = CharField(max_length=10, null=True)
    refused_at = MomentField(null=True)

    class Meta:
        indexes = ((("organisation_id", "participant_id", "channel", "blind"), True),)


class ReachabilityChange(Model):
    """That something changed in how somebody may be reached, and how we know.

    The last id is a mark: as long as it is the same, what was looked up still holds.
    """

    organisation_id = IdField()
    participant_id = IdField(index=True)
    at = MomentField()
    change = CharField(max_length=12)
    detail = CharField(max_length=20)
    by = CharField(max_length=10)
