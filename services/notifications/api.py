"""The JSON API of notifications: how messages fare, never who they are for or what they say."""

from __future__ import annotations

from typing import TypedDict, Unpack

from flask import g

from services.notifications.queries.api_messages import get_message, page_messages
from services.notifications.queries.messages import API_NAMES, ROLES, MessageSummary
from shared.security.access import requires_key
from shared.web.api import Resources
from shared.web.api_document import About
from shared.web.api_fields import UUID, Choice, Instant, absent
from shared.web.api_schemas import PageQuery, ResponseSchema

STATES = {
    "planned": "gepland",
    "held": "wacht",
    "due": "klaar-om-te-gaan",
    "claimed": "wordt-verstuurd",
    "accepted": "aangenomen",
    "unknown": "onzeker",
    "rejected": "niet-aangenomen",
    "delivered": "bezorgd",
    "undelivered": "niet-aangekomen",
    "expired": "te-laat",
    "withdrawn": "ingetrokken",
    "suppressed": "niet-verstuurd",
}
CHANNELS = {"email": "email", "sms": "sms", "hand": "mondeling", "none": "geen"}
REASONS = {
    "quiet_hours": "stille-uren", "veto": "begeleider-kijkt-mee", "budget": "genoeg-berichten-deze-week",
    "not_caught_up": "nog-niet-zeker", "betrays": "verraadt-te-veel", "broken": "niet-te-schrijven",
    "too_late": "te-laat", "no_quiet_moment": "geen-moment-buiten-stille-uren",
    "meeting_cancelled": "bijeenkomst-gaat-niet-door", "meeting_moved": "bijeenkomst-verplaatst",
    "talk_called_off": "kennismaking-gaat-niet-door", "talk_moved": "kennismaking-verplaatst",
    "called_off": "afgemeld", "left_group": "doet-niet-meer-mee",
    "questionnaire_completed": "vragenlijst-ingevuld", "questionnaire_closed": "vragenlijst-gesloten",
    "replaced": "vervangen", "held_back": "tegengehouden", "stopped_for_good": "geen-berichten-meer",
    "erased": "gewist", "no_address": "geen-adres", "no_channel": "geen-kanaal", "no_consent": "geen-toestemming",
    "merged": "gaat-mee-met-ander-bericht", "meeting_goes_on": "bijeenkomst-gaat-toch-door",
    "attendance_corrected": "presentie-aangepast", "all_reached": "iedereen-bereikt",
    "no_longer_facilitator": "begeleidt-niet-meer", "no_second_channel": "geen-tweede-kanaal",
    "missed_lately": "kort-geleden-al-gemist",
    "unconfirmed": "adres-nog-niet-bevestigd", "paused": "pauze", "sms_limit": "genoeg-smsen-vandaag",
    "opted_out": "uitgezet", "address_dead": "adres-werkt-niet", "informed_in_person": "mondeling-verteld",
}  # fmt: skip

api = Resources(
    "berichten",
    About(
        "Houvast: berichten",
        "Hoe het met berichten gaat: wat voor soort, welke status en waarom. Voor wie een bericht is en wat erin"
        " staat, is hier niet op te vragen.",
        "1.0.0",
    ),
)


class MessageResource(ResponseSchema):
    """A message."""

    resource = "Bericht"
    id = UUID(metadata={"description": "Het kenmerk van het bericht."})
    organisation_id = UUID(data_key="organisatieId", metadata={"description": "Van welke organisatie."})
    message_type = Choice(API_NAMES, data_key="soort", metadata={"description": "Wat voor bericht het is."})
    state = Choice(STATES, data_key="status", metadata={"description": "Hoe het met het bericht staat."})
    reason = Choice(
        REASONS, data_key="reden", allow_none=True, metadata={"description": "Waarom het wacht of niet ging."}
    )
    channel = Choice(
        CHANNELS,
        data_key="kanaal",
        allow_none=True,
        metadata={"description": "Langs welke weg; null zolang die niet gekozen is."},
    )
    made_at = Instant(data_key="gemaaktOp", metadata={"description": "Wanneer het bericht gemaakt is."})
    changed_at = Instant(
        data_key="gewijzigdOp", metadata={"description": "Wanneer de status voor het laatst veranderde."}
    )
    due_at = Instant(
        data_key="gaatOp",
        allow_none=True,
        metadata={"description": "Wanneer er weer naar gekeken wordt; null als het nergens op wacht."},
    )
    expires_at = Instant(
        data_key="verlooptOp", metadata={"description": "Vanaf wanneer het bericht niet meer helpt."}
    )


class MessagesQuery(PageQuery):
    """Which messages."""

    state = Choice(
        STATES, data_key="status", load_default=absent, metadata={"description": "Alleen met deze status."}
    )
    message_type = Choice(
        API_NAMES, data_key="soort", load_default=absent, metadata={"description": "Alleen van deze soort."}
    )


class Asked(TypedDict):
    """What `MessagesQuery` loads."""

    after: str | None
    limit: int
    state: str | None
    message_type: str | None


@api.list_route(
    "/berichten", MessageResource, query=MessagesQuery, description="Berichten opvragen. Het oudste staat vooraan."
)
@requires_key(*ROLES)
def list_messages(**asked: Unpack[Asked]) -> list[MessageSummary]:
    """Return messages of the organisations of this key."""
    return page_messages(g.actor, **asked)


@api.get_route("/berichten/<uuid:id>", MessageResource, description="Eén bericht opvragen.")
@requires_key(*ROLES)
def read_message(id: str) -> MessageSummary:
    """Return one message."""
    return get_message(g.actor, id)
