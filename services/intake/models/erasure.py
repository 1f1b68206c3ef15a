"""Who asked to be forgotten, and which service has answered."""

from __future__ import annotations

from peewee import CharField

from services.intake.models.foundation import Model
from shared.storage import IdField, MomentField


class ErasureRequest(Model):
    """Somebody who is to be forgotten everywhere; of them nothing is left here but this id.

    asked_by   self, staff, or earlier: asked before this store was put back to an older day
    logged_at  when it was written in the erasure log that restores go by
    """

    participant_id = IdField(primary_key=True)
    organisation_id = IdField(index=True)
    asked_by = CharField(max_length=10)
    asked_at = MomentField()
    logged_at = MomentField(null=True)


class ErasureAnswer(Model):
    """The answer of a service: nothing of somebody can be found there any more."""

    organisation_id = IdField()
    participant_id = IdField()
    service = CharField(max_length=20)
    answered_at = MomentField()

    class Meta:
        indexes = ((("organisation_id", "participant_id", "service"), True),)
