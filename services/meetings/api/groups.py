"""The JSON API: groups."""

from __future__ import annotations

from flask import g
from marshmallow import fields

from services.meetings.api import api
from services.meetings.queries.groups import GroupResource, get_group_resource, page_groups
from services.meetings.queries.scope import STAFF_ROLES
from shared.security.access import requires_key
from shared.web.api_fields import UUID, Choice, Date, Integer, Time, absent
from shared.web.api_schemas import PageQuery, ResponseSchema

GROUP_STATES = {
    "preparing": "in-voorbereiding",
    "ready": "klaar-om-te-beginnen",
    "running": "loopt",
    "paused": "gepauzeerd",
    "rounding_off": "rondt-af",
    "ended": "gestopt",
}
ADMISSIONS = {"rolling": "open", "intervals": "semi-open", "fixed": "besloten"}
AUDIENCES = {"own": "zichzelf", "affected_other": "naaste", "both": "allebei"}
FEATURES = {"wheelchair": "rolstoel"}
DAYS = dict(enumerate(("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")))


class VenueResponse(ResponseSchema):
    """Where a group meets."""

    resource = "Locatie"
    name = fields.String(data_key="naam", metadata={"description": "Hoe de plek heet."})
    area = fields.String(data_key="postcodecijfers", metadata={"description": "De vier cijfers van de postcode."})
    features = fields.List(
        Choice(FEATURES, metadata={"description": "Een kenmerk."}),
        data_key="kenmerken",
        metadata={"description": "Wat de plek heeft."},
    )


class RhythmResponse(ResponseSchema):
    """How often a group meets."""

    resource = "Ritme"
    weekday = Choice(
        DAYS,
        data_key="weekdag",
        allow_none=True,
        metadata={"description": "De dag; null als de dagen per keer gekozen worden."},
    )
    every_weeks = Integer(
        data_key="elkeWeken",
        allow_none=True,
        metadata={"description": "Om de hoeveel weken; null als er geen vast ritme is."},
    )
    at = Time(data_key="tijd", metadata={"description": "De tijd, op de klok van de plek."})
    minutes = Integer(data_key="minuten", metadata={"description": "Hoe lang het duurt."})


class NextResponse(ResponseSchema):
    """The next meeting of a group."""

    resource = "VolgendeBijeenkomst"
    id = UUID(metadata={"description": "Het kenmerk van de bijeenkomst."})
    on = Date(data_key="datum", metadata={"description": "De dag."})
    at = Time(data_key="tijd", metadata={"description": "De tijd."})


class GroupResponse(ResponseSchema):
    """A group."""

    resource = "Groep"
    id = UUID(metadata={"description": "Het kenmerk van de groep."})
    organisation_id = UUID(data_key="organisatieId", metadata={"description": "Van welke organisatie."})
    name = fields.String(data_key="naam", metadata={"description": "Hoe de groep heet."})
    kind_label = fields.String(data_key="soort", metadata={"description": "Wat voor groep het is."})
    state = Choice(GROUP_STATES, data_key="status", metadata={"description": "Hoe het met de groep staat."})
    admission = Choice(
        ADMISSIONS, data_key="toelating", metadata={"description": "Wanneer iemand nieuw mag beginnen."}
    )
    audience = Choice(AUDIENCES, data_key="voor", metadata={"description": "Voor wie de groep is."})
    language = fields.String(data_key="taal", metadata={"description": "De taal in de groep (ISO 639-1)."})
    members = Integer(data_key="deelnemers", metadata={"description": "Hoeveel mensen er nu meedoen."})
    max_size = Integer(
        data_key="maximum",
        allow_none=True,
        metadata={"description": "Hoeveel mensen er mee kunnen doen; null is geen grens."},
    )
    themes = fields.List(
        fields.String(metadata={"description": "Een thema."}),
        data_key="themas",
        metadata={"description": "Waar de groep over gaat."},
    )
    venue = fields.Nested(
        VenueResponse,
        data_key="locatie",
        allow_none=True,
        metadata={"description": "Waar de groep bij elkaar komt."},
    )
    rhythm = fields.Nested(
        RhythmResponse,
        data_key="ritme",
        allow_none=True,
        metadata={"description": "Hoe vaak de groep bij elkaar komt."},
    )
    next_meeting = fields.Nested(
        NextResponse,
        data_key="volgendeBijeenkomst",
        allow_none=True,
        metadata={"description": "De eerste die nog komt."},
    )


class GroupsFilter(PageQuery):
    """Which groups."""

    state = Choice(
        GROUP_STATES, data_key="status", load_default=absent, metadata={"description": "Alleen met deze status."}
    )


@api.list_route(
    "/groepen", GroupResponse, query=GroupsFilter, description="Groepen opvragen. De oudste staat vooraan."
)
@requires_key(*STAFF_ROLES)
def list_groups(*, after: str | None, limit: int, state: str | None) -> list[GroupResource]:
    """Return groups of the organisations of this key."""
    return page_groups(g.actor, after=after, limit=limit, state=state)


@api.get_route("/groepen/<uuid:id>", GroupResponse, description="Eén groep opvragen.")
@requires_key(*STAFF_ROLES)
def read_group(id: str) -> GroupResource:
    """Return one group."""
    return get_group_resource(g.actor, id)
