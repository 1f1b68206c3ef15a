"""The JSON API: groups."""

from __future__ import annotations

from typing import Any

from flask import g

from services.meetings.api import api
from services.meetings.queries.groups import GroupResource, get_group_resource, page_groups
from services.meetings.queries.scope import STAFF_ROLES
from shared.security.access import requires_key
from shared.web.api_shapes import Day, Hour, Id, Many, Number, PageAsked, Part, Text, Told, Word, nothing

GROUP_STATES = {
    "preparing": "in-voorbereiding", "ready": "klaar-om-te-beginnen", "running": "loopt", "paused": "gepauzeerd",
    "rounding_off": "rondt-af", "ended": "gestopt",
}  # fmt: skip
ADMISSIONS = {"rolling": "open", "intervals": "semi-open", "fixed": "besloten"}
AUDIENCES = {"own": "zichzelf", "affected_other": "naaste", "both": "allebei"}
FEATURES = {"wheelchair": "rolstoel"}
DAYS = dict(enumerate(("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")))


class VenueResponse(Told):
    """Where a group meets."""

    resource = "Locatie"
    name = Text("naam", "Hoe de plek heet.")
    area = Text("postcodecijfers", "De vier cijfers van de postcode.")
    features = Many("kenmerken", "Wat de plek heeft.", Word("kenmerk", "Een kenmerk.", FEATURES))


class RhythmResponse(Told):
    """How often a group meets."""

    resource = "Ritme"
    weekday = Word("weekdag", "De dag; null als de dagen per keer gekozen worden.", DAYS, allow_none=True)
    every_weeks = Number("elkeWeken", "Om de hoeveel weken; null als er geen vast ritme is.", allow_none=True)
    at = Hour("tijd", "De tijd, op de klok van de plek.")
    minutes = Number("minuten", "Hoe lang het duurt.")


class NextResponse(Told):
    """The next meeting of a group."""

    resource = "VolgendeBijeenkomst"
    id = Id("id", "Het kenmerk van de bijeenkomst.")
    on = Day("datum", "De dag.")
    at = Hour("tijd", "De tijd.")


class GroupResponse(Told):
    """A group."""

    resource = "Groep"
    id = Id("id", "Het kenmerk van de groep.")
    organisation_id = Id("organisatieId", "Van welke organisatie.")
    name = Text("naam", "Hoe de groep heet.")
    kind_label = Text("soort", "Wat voor groep het is.")
    state = Word("status", "Hoe het met de groep staat.", GROUP_STATES)
    admission = Word("toelating", "Wanneer iemand nieuw mag beginnen.", ADMISSIONS)
    audience = Word("voor", "Voor wie de groep is.", AUDIENCES)
    language = Text("taal", "De taal in de groep (ISO 639-1).")
    members = Number("deelnemers", "Hoeveel mensen er nu meedoen.")
    max_size = Number("maximum", "Hoeveel mensen er mee kunnen doen; null is geen grens.", allow_none=True)
    themes = Many("themas", "Waar de groep over gaat.", Text("thema", "Een thema."))
    venue = Part("locatie", "Waar de groep bij elkaar komt.", VenueResponse, allow_none=True)
    rhythm = Part("ritme", "Hoe vaak de groep bij elkaar komt.", RhythmResponse, allow_none=True)
    next_meeting = Part("volgendeBijeenkomst", "De eerste die nog komt.", NextResponse, allow_none=True)


class GroupsFilter(PageAsked):
    """Which groups."""

    state = Word("status", "Alleen met deze status.", GROUP_STATES, load_default=nothing)


@api.many("/groepen", GroupResponse, filters=GroupsFilter, about="Groepen opvragen. De oudste staat vooraan.")
@requires_key(*STAFF_ROLES)
def list_groups(**query: Any) -> list[GroupResource]:
    """Return groups of the organisations of this key."""
    return page_groups(g.actor, **query)


@api.one("/groepen/<uuid:id>", GroupResponse, about="Eén groep opvragen.")
@requires_key(*STAFF_ROLES)
def read_group(id: str) -> GroupResource:
    """Return one group."""
    return get_group_resource(g.actor, id)
