"""Who asked to be erased, and which service has answered."""

from __future__ import annotations

from peewee import CharField

from services.intake.models.foundation import Model
from shared.storage import IdField, MomentField


class ErasureRequest(Model):
    """Somebody who is to be erased everywhere; nothing but this id is left of them here.

    asked_by   self, staff, or earlier: asked before an older backup was restored
    logged_at  when it was written to the erasure log
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
