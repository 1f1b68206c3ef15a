"""What the other side said later of a message, and how many of its reports we could place."""

from __future__ import annotations

from peewee import BooleanField, CharField

from services.notifications.models.foundation import Model
from shared.storage import IdField, MomentField


class Receipt(Model):
    """A receipt of a message, kept once.

    outcome      delivered or undelivered
    is_doubtful  the address may be why it did not arrive
    """

    organisation_id = IdField()
    message_id = IdField()
    channel = CharField(max_length=5)
    outcome = CharField(max_length=12)
    code = CharField(max_length=20)
    is_doubtful = BooleanField(default=False)
    at = MomentField()

    class Meta:
        indexes = ((("organisation_id", "message_id", "outcome", "code"), True),)


class MailReport(Model):
    """That a report on mail came in, and whether it was about a message of ours; nothing else of it."""

    at = MomentField(index=True)
    is_ours = BooleanField()
