"""What people texted back."""

from __future__ import annotations

from peewee import BlobField, CharField

from services.notifications.models.foundation import Model
from shared.storage import IdField, MomentField


class Reply(Model):
    """A text message that somebody sent us, sealed: `reply.sender` and `reply.text`.

    organisation_id  empty when nobody gave this number and there are several organisations: all their messengers
                     may read it
    message_id       what it answers, when the gateway said so
    fingerprint      the same text delivered again has the same
    """

    id = IdField(primary_key=True)
    organisation_id = CharField(max_length=36)
    participant_id = IdField(null=True, index=True)
    message_id = IdField(null=True)
    sender = BlobField()
    text = BlobField()
    received_at = MomentField(index=True)
    fingerprint = CharField(max_length=64)
    seen_at = MomentField(null=True)
    seen_by = IdField(null=True)

    class Meta:
        indexes = ((("organisation_id", "fingerprint"), True),)
