"""Forms of the call list."""

from __future__ import annotations

from marshmallow import fields

from shared.local_time import Day
from shared.web.forms import FormSchema


class CallDoneForm(FormSchema):
    """Somebody was called."""

    reason = fields.String(required=True)


class CallLaterForm(FormSchema):
    """Somebody is called on a later day."""

    until = Day(required=True)
