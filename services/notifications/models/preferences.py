"""What people chose on their own page."""

from __future__ import annotations

from peewee import JSONField, TimeField

from services.notifications.models.foundation import Model
from shared.storage import IdField, MomentField


class Preference(Model):
    """What somebody chose on their own page; the id is the participant's.

    channels                 what may be used, best liked first; empty column: as intake told
    quiet_from, quiet_until  more quiet than everybody has; empty: the hours of everybody
    paused_until             until then nothing but answers and changes
    """

    id = IdField(primary_key=True)
    organisation_id = IdField()
    channels = JSONField(null=True)
    quiet_from = TimeField(null=True)
    quiet_until = TimeField(null=True)
    paused_until = MomentField(null=True)
