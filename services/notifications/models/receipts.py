"""What the other side said later of a message."""

from __future__ import annotations

from peewee import CharField

from services.notifications.models.foundation import Model
from shared.storage import IdField, MomentField


class Receipt(Model):
    """What the other side told later of a message, kept once. outcome: delivered or undelivered."""

    organisation_id = IdField()
    message_id = IdField()
    channel = CharField(max_length=5)
    outcome = CharField(max_length=12)
    code = CharField(max_length=20)
    at = MomentField()

    class Meta:
        indexes = ((("organisation_id", "message_id", "outcome", "code"), True),)
