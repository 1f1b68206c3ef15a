"""Codes that open a participant's own page."""

from __future__ import annotations

from peewee import CharField, IntegerField

from services.meetings.models.service import Model
from shared.storage import IdField, MomentField


class AccessCode(Model):
    """A code of six digits that was sent to somebody's own channel, to open their own page.

    code_index  blind index, bound to this row: a plain hash of six digits could be guessed
    link_index  blind index of the link with which it was asked for
    wrong       how many other codes were typed with that link while this one worked
    used_by     the request_id that used it, so that a double click is not a second use
    """

    id = IdField(primary_key=True)
    organisation_id = IdField()
    participant_id = IdField()
    code_index = CharField(max_length=64)
    link_index = CharField(max_length=64)
    made_at = MomentField()
    expires_at = MomentField(index=True)
    wrong = IntegerField(default=0)
    used_at = MomentField(null=True)
    used_by = CharField(max_length=36, null=True)

    class Meta:
        indexes = ((("organisation_id", "participant_id"), False),)
