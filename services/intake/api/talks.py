"""Introductory talks for other systems.

Why a talk came to nothing is not in what goes out, and neither is its place: that may be somebody's home.
"""

from __future__ import annotations

from flask import g
from marshmallow import fields

from services.intake.api import api, codes
from services.intake.commands.access_log import log_list_access, log_signup_access
from services.intake.queries.scope import ROLES
from services.intake.queries.talks import TalkView, get_talk, page_talks
from shared.security.access import requires_key
from shared.web.api_fields import UUID, Choice, Date, Instant, Integer, Time, absent
from shared.web.api_schemas import PageQuery, ResponseSchema


class TalkResponse(ResponseSchema):
    """An introductory talk."""

    resource = "Kennismakingsgesprek"
    id = UUID(metadata={"description": "Het kenmerk van het gesprek."})
    organisation_id = UUID(data_key="organisatieId", metadata={"description": "Van welke organisatie."})
    signup_id = UUID(data_key="aanmeldingId", metadata={"description": "Bij welke aanmelding."})
    host_staff_id = UUID(
        data_key="medewerkerId", metadata={"description": "Wie er kennismaakt namens de organisatie."}
    )
    on = Date(data_key="datum", metadata={"description": "De dag, op de klok van de plek."})
    at = Time(data_key="tijd", metadata={"description": "De tijd, op de klok van de plek."})
    zone = fields.String(data_key="tijdzone", metadata={"description": "De naam van die klok (IANA)."})
    minutes = Integer(data_key="minuten", metadata={"description": "Hoe lang het duurt."})
    starts_at = Instant(data_key="begintOp", metadata={"description": "Het begin."})
    ends_at = Instant(data_key="eindigtOp", metadata={"description": "Het eind."})
    form = Choice(codes.TALK_FORMS, data_key="vorm", metadata={"description": "Hoe het gesprek gaat."})
    state = Choice(codes.TALK_STATES, data_key="status", metadata={"description": "Wat er van het gesprek kwam."})
    called_off_by = Choice(
        codes.CALLED_OFF_BY, data_key="afgezegdDoor", allow_none=True, metadata={"description": "Wie afzegde."}
    )
    outcome = Choice(
        codes.OUTCOMES, data_key="uitkomst", allow_none=True, metadata={"description": "Wat beiden besloten."}
    )
    group_id = UUID(data_key="groepId", allow_none=True, metadata={"description": "Om welke groep het dan gaat."})


class TalkFilters(PageQuery):
    """Which talks."""

    state = Choice(
        codes.TALK_STATES,
        data_key="status",
        load_default=absent,
        metadata={"description": "Alleen met deze status."},
    )
    signup_id = UUID(
        data_key="aanmeldingId", load_default=absent, metadata={"description": "Alleen bij deze aanmelding."}
    )


@api.list_route(
    "/kennismakingsgesprekken",
    TalkResponse,
    query=TalkFilters,
    description="Kennismakingsgesprekken opvragen. Wat het eerst gepland werd, staat vooraan.",
)
@requires_key(*ROLES)
def list_intro_talks(*, after: str | None, limit: int, state: str | None, signup_id: str | None) -> list[TalkView]:
    """Return talks of the organisations of this key."""
    log_list_access(g.actor, "api")
    return page_talks(g.actor, after=after, limit=limit, state=state, signup_id=signup_id)


@api.get_route(
    "/kennismakingsgesprekken/<uuid:id>", TalkResponse, description="Eén kennismakingsgesprek opvragen."
)
@requires_key(*ROLES)
def read_intro_talk(id: str) -> TalkView:
    """Return one talk; log that its sign-up was read."""
    talk = get_talk(g.actor, id)
    log_signup_access(g.actor, talk.signup_id, talk.organisation_id, "api")
    return talk
