"""Which text messages left, for the limits."""

from __future__ import annotations

from peewee import BooleanField, CharField, IntegerField

from services.notifications.models.foundation import Model
from shared.storage import IdField, MomentField


class TextSent(Model):
    """A text message that was handed over, for the limits: its number and the block of that, as blind indexes.

    is_awaited  somebody asked for it a moment ago; these are counted apart
    """

    organisation_id = IdField()
    message_id = IdField()
    at = MomentField(index=True)
    number = CharField(max_length=64)
    block = CharField(max_length=64)
    parts = IntegerField()
    is_awaited = BooleanField()
