"""Introductory talks for other systems. Why a talk came to nothing is not in what goes out."""

from __future__ import annotations

from typing import Any

from flask import g

from services.intake.api import codes
from services.intake.api.document import api
from services.intake.commands.access_log import log_list_access, log_signup_access
from services.intake.queries.scope import ROLES
from services.intake.queries.talks import TalkView, get_talk, page_talks
from shared.security.access import requires_key
from shared.web.api_shapes import Day, Hour, Id, Moment, Number, PageAsked, Text, Told, Word, nothing


class TalkResponse(Told):
    """An introductory talk."""

    resource = "Kennismakingsgesprek"
    id = Id("id", "Het kenmerk van het gesprek.")
    organisation_id = Id("organisatieId", "Van welke organisatie.")
    signup_id = Id("aanmeldingId", "Bij welke aanmelding.")
    host_staff_id = Id("medewerkerId", "Wie er kennismaakt namens de organisatie.")
    on = Day("datum", "De dag, op de klok van de plek.")
    at = Hour("tijd", "De tijd, op de klok van de plek.")
    zone = Text("tijdzone", "De naam van die klok (IANA).")
    minutes = Number("minuten", "Hoe lang het duurt.")
    starts_at = Moment("begintOp", "Het begin.")
    ends_at = Moment("eindigtOp", "Het eind.")
    form = Word("vorm", "Hoe het gesprek gaat.", codes.TALK_FORMS)
    place = Text("plek", "Waar het is; leeg als dat niet nodig is.")
    state = Word("status", "Wat er van het gesprek kwam.", codes.TALK_STATES)
    called_off_by = Word("afgezegdDoor", "Wie afzegde.", codes.CALLED_OFF_BY, allow_none=True)
    outcome = Word("uitkomst", "Wat beiden besloten.", codes.OUTCOMES, allow_none=True)
    group_id = Id("groepId", "Om welke groep het dan gaat.", allow_none=True)


class TalkFilters(PageAsked):
    """Which talks."""

    state = Word("status", "Alleen met deze status.", codes.TALK_STATES, load_default=nothing)
    signup_id = Id("aanmeldingId", "Alleen bij deze aanmelding.", load_default=nothing)


@api.many(
    "/kennismakingsgesprekken", TalkResponse, filters=TalkFilters,
    about="Kennismakingsgesprekken opvragen. Wat het eerst gepland werd, staat vooraan.",
)  # fmt: skip
@requires_key(*ROLES)
def list_intro_talks(**values: Any) -> list[TalkView]:
    """Return talks of the organisations of this key."""
    log_list_access(g.actor, "api")
    return page_talks(g.actor, **values)


@api.one("/kennismakingsgesprekken/<uuid:id>", TalkResponse, about="Eén kennismakingsgesprek opvragen.")
@requires_key(*ROLES)
def read_intro_talk(id: str) -> TalkView:
    """Return one talk, and write down that its sign-up was looked at."""
    talk = get_talk(g.actor, id)
    log_signup_access(g.actor, talk.signup_id, talk.organisation_id, "api")
    return talk
