"""The form to move a meeting."""

from __future__ import annotations

from marshmallow import fields

from services.meetings.schemas.series import MeetingForm

OTHER_PLACE = "other"


class MoveForm(MeetingForm):
    """One meeting at another moment, in another place or both."""

    where = fields.String(load_default="usual")
    place_name = fields.String(load_default="")
    place_address = fields.String(load_default="")
