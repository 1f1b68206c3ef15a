"""What people do not want any more."""

from __future__ import annotations

from peewee import BooleanField, CharField

from services.notifications.models.foundation import Model
from shared.storage import IdField, MomentField


class OptOut(Model):
    """What somebody does not want any more.

    purpose   reminders, questionnaires or missed_you; `all` is everything but answers
    by        link, one_click, sms, page or complaint
    is_acknowledged  whether intake has taken the consent back: only a consent after that ends this
    """

    organisation_id = IdField()
    participant_id = IdField(index=True)
    purpose = CharField(max_length=20)
    at = MomentField()
    by = CharField(max_length=10)
    is_acknowledged = BooleanField(default=False)

    class Meta:
        indexes = ((("organisation_id", "participant_id", "purpose"), True),)
