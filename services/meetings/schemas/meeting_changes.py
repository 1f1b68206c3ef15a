"""The forms to move a meeting and to say who was informed of it."""

from __future__ import annotations

from marshmallow import fields

from services.meetings.schemas.series import MeetingForm
from shared.ids import IdText
from shared.web.forms import FormSchema

OTHER_PLACE = "other"


class MoveForm(MeetingForm):
    """One meeting at another moment, in another place or both."""

    where = fields.String(load_default="usual")
    place_name = fields.String(load_default="")
    place_address = fields.String(load_default="")
    keeps_words = fields.Boolean(load_default=False)


class InformedForm(FormSchema):
    """Who was informed in person."""

    membership_id = IdText(required=True)
