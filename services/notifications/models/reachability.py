"""By which channels people can be reached, as it was published last."""

from __future__ import annotations

from peewee import JSONField

from services.notifications.models.foundation import Model
from shared.storage import IdField


class Reachability(Model):
    """As it was published last; the id is the participant's.

    channels  {"all": channels, "for_changes": those by which a change may go}
    """

    id = IdField(primary_key=True)
    organisation_id = IdField()
    channels = JSONField()
    refused = JSONField()
