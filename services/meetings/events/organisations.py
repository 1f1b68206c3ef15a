"""The state of an organisation."""

from __future__ import annotations

from marshmallow import Schema, fields

from services.meetings.events.examples import ORGANISATION
from shared.messaging.envelope import EventType


class _Profile(Schema):
    """What the organisation says of itself; what it did not fill in is empty."""

    about = fields.String(required=True)
    telephone = fields.String(required=True)
    email = fields.String(required=True)
    address = fields.String(required=True)
    opening_hours = fields.String(required=True)
    website = fields.String(required=True)
    out_of_hours_telephone = fields.String(required=True)
    sender_name = fields.String(required=True)
    participant_word = fields.String(required=True)
    participants_word = fields.String(required=True)
    reporting = fields.String(required=True)
    answer_within_days = fields.Integer(required=True, allow_none=True)
    colour = fields.String(required=True)


class _OrganisationChanged(Schema):
    organisation_id = fields.UUID(required=True)
    name = fields.String(required=True)
    slug = fields.String(required=True)
    region = fields.String(required=True)
    permitted_questionnaires = fields.List(fields.String(), required=True)
    profile = fields.Nested(_Profile, required=True)


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
        "profile": {
            "about": "Wij brengen mensen in Lindeveen bij elkaar. Samen sta je sterker.",
            "telephone": "010 000 00 00",
            "email": "info@dekade.example",
            "address": "Kade 1, Lindeveen",
            "opening_hours": "Maandag tot en met vrijdag, 9.00 tot 17.00 uur",
            "website": "https://dekade.example",
            "out_of_hours_telephone": "",
            "sender_name": "De Kade",
            "participant_word": "",
            "participants_word": "",
            "reporting": "",
            "answer_within_days": 5,
            "colour": "#1d4f91",
        },
    },
    consumers=("intake", "questionnaires", "notifications"),
    is_state=True,
)
