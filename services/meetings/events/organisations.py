"""The state of an organisation."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.meetings.events.examples import ORGANISATION
from shared.messaging.envelope import EventType


class _OrganisationChanged(Schema):
    organisation_id = fields.UUID(required=True)
    name = fields.String(required=True)
    slug = fields.String(required=True)
    region = fields.String(required=True)
    permitted_questionnaires = fields.List(fields.String(), required=True)


ORGANISATION_CHANGED = EventType(
    service="meetings",
    name="organisation_changed",
    subject="organisation",
    schema=_OrganisationChanged,
    example={
        "organisation_id": ORGANISATION,
        "name": "De Kade",
        "slug": "de-kade",
        "region": "Lindeveen",
        "permitted_questionnaires": ["nel_kort"],
    },
    consumers=("intake", "questionnaires", "notifications"),
    is_state=True,
)
