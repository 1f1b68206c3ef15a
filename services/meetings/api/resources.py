"""The JSON API of meetings: groups, when they meet, who belongs by opaque id, and how many came."""

from __future__ import annotations

from typing import Any

from flask import g
from marshmallow import fields

from services.meetings.commands import looks
from services.meetings.queries import api as look
from shared.security.access import requires_key
from shared.web.api import Resources
from shared.web.api_document import About
from shared.web.api_fields import UUID, Choice, Date, Instant, Integer, Time, absent
from shared.web.api_schemas import PageQuery, ResponseSchema

GROUP_STATES = {
    "preparing": "in-voorbereiding", "ready": "klaar-om-te-beginnen", "running": "loopt", "paused": "gepauzeerd",
    "rounding_off": "rondt-af", "ended": "gestopt",
}  # fmt: skip
ADMISSIONS = {"rolling": "open", "intervals": "semi-open", "fixed": "besloten"}
AUDIENCES = {"own": "zichzelf", "affected_other": "naaste", "both": "allebei"}
FEATURES = {"wheelchair": "rolstoel"}
DAYS = dict(enumerate(("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")))
MEETING_KINDS = {
    "opening": "eerste", "regular": "gewoon", "closing": "laatste", "activity": "activiteit",
    "seminar": "themadag",
}  # fmt: skip
MEETING_STATES = {
    "planned": "gepland", "cancelled": "gaat-niet-door", "took_place": "geweest",
    "did_not_take_place": "niet-geweest", "not_reported": "niet-gemeld",
}  # fmt: skip
MEMBERSHIP_STATES = {"active": "actief", "paused": "gepauzeerd", "ended": "gestopt"}
api = Resources(
    "groepen",
    About(
        "Houvast: groepen en bijeenkomsten",
        "Groepen, hun bijeenkomsten, wie er meedoet (zonder naam) en hoeveel mensen er waren. Wie er was,"
        " blijft bij wie de groep begeleidt.",
        "1.1.0",
    ),
)


class VenueSchema(ResponseSchema):
    """Where a group meets."""

    resource = "Locatie"
    name = fields.String(data_key="naam", metadata={"description": "Hoe de plek heet."})
    area = fields.String(data_key="postcodecijfers", metadata={"description": "De vier cijfers van de postcode."})
    features = fields.List(
        Choice(FEATURES, metadata={"description": "Een kenmerk."}),
        data_key="kenmerken",
        metadata={"description": "Wat de plek heeft."},
    )


class RhythmSchema(ResponseSchema):
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


class NextSchema(ResponseSchema):
    """The next meeting of a group."""

    resource = "VolgendeBijeenkomst"
    id = UUID(metadata={"description": "Het kenmerk van de bijeenkomst."})
    on = Date(data_key="datum", metadata={"description": "De dag."})
    at = Time(data_key="tijd", metadata={"description": "De tijd."})


class GroupSchema(ResponseSchema):
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
        VenueSchema,
        data_key="locatie",
        allow_none=True,
        metadata={"description": "Waar de groep bij elkaar komt."},
    )
    rhythm = fields.Nested(
        RhythmSchema,
        data_key="ritme",
        allow_none=True,
        metadata={"description": "Hoe vaak de groep bij elkaar komt."},
    )
    next_meeting = fields.Nested(
        NextSchema,
        data_key="volgendeBijeenkomst",
        allow_none=True,
        metadata={"description": "De eerste die nog komt."},
    )


class MeetingSchema(ResponseSchema):
    """A meeting."""

    resource = "Bijeenkomst"
    id = UUID(metadata={"description": "Het kenmerk van de bijeenkomst."})
    organisation_id = UUID(data_key="organisatieId", metadata={"description": "Van welke organisatie."})
    group_id = UUID(data_key="groepId", metadata={"description": "Van welke groep."})
    kind = Choice(MEETING_KINDS, data_key="soort", metadata={"description": "Wat voor bijeenkomst het is."})
    state = Choice(
        MEETING_STATES, data_key="status", metadata={"description": "Of de bijeenkomst doorgaat of doorging."}
    )
    on = Date(data_key="datum", metadata={"description": "De dag, op de klok van de plek."})
    at = Time(data_key="tijd", metadata={"description": "De tijd, op de klok van de plek."})
    zone = fields.String(data_key="tijdzone", metadata={"description": "De naam van die klok (IANA)."})
    minutes = Integer(data_key="minuten", metadata={"description": "Hoe lang het duurt."})
    starts_at = Instant(data_key="begintOp", metadata={"description": "Het begin."})
    ends_at = Instant(data_key="eindigtOp", metadata={"description": "Het eind."})
    other_place = fields.String(
        data_key="anderePlek",
        allow_none=True,
        metadata={"description": "Hoe de plek heet, als het deze keer ergens anders is; anders null."},
    )


class MembershipSchema(ResponseSchema):
    """Somebody's stay in a group."""

    resource = "Deelname"
    id = UUID(metadata={"description": "Het kenmerk van de deelname."})
    organisation_id = UUID(data_key="organisatieId", metadata={"description": "Van welke organisatie."})
    group_id = UUID(data_key="groepId", metadata={"description": "In welke groep."})
    participant_id = UUID(
        data_key="deelnemerId", metadata={"description": "Het kenmerk van de persoon; hetzelfde in alle API's."}
    )
    placement_id = UUID(
        data_key="plaatsingId", allow_none=True, metadata={"description": "De plaatsing waaruit dit volgde."}
    )
    state = Choice(MEMBERSHIP_STATES, data_key="status", metadata={"description": "Of iemand nog meedoet."})
    starts_on = Date(data_key="eersteDag", metadata={"description": "De eerste dag."})
    ended_on = Date(
        data_key="laatsteDag",
        allow_none=True,
        metadata={"description": "De laatste dag; null zolang iemand meedoet."},
    )


class TurnoutSchema(ResponseSchema):
    """How many were there."""

    resource = "Aanwezigheid"
    meeting_id = UUID(data_key="bijeenkomstId", metadata={"description": "Van welke bijeenkomst."})
    closed_at = Instant(
        data_key="afgerondOp",
        allow_none=True,
        metadata={"description": "Wanneer de begeleider klaar was; tot dan is elk aantal null."},
    )
    members = Integer(
        data_key="deelnemers",
        allow_none=True,
        metadata={"description": "Hoeveel mensen er die dag bij de groep hoorden."},
    )
    present = Integer(data_key="aanwezig", allow_none=True, metadata={"description": "Hoeveel van hen er waren."})
    excused = Integer(
        data_key="afgemeld", allow_none=True, metadata={"description": "Hoeveel van hen zich hadden afgemeld."}
    )
    absent = Integer(
        data_key="gemist", allow_none=True, metadata={"description": "Hoeveel van hen er niet waren."}
    )
    not_recorded = Integer(
        data_key="nietIngevuld",
        allow_none=True,
        metadata={"description": "Van hoeveel van hen niets is ingevuld."},
    )
    unnamed = Integer(
        data_key="zonderNaam",
        allow_none=True,
        metadata={"description": "Hoeveel mensen er nog meer waren, zonder naam."},
    )


class GroupsQuery(PageQuery):
    """Which groups."""

    state = Choice(
        GROUP_STATES, data_key="status", load_default=absent, metadata={"description": "Alleen met deze status."}
    )


class MeetingsQuery(PageQuery):
    """Which meetings."""

    state = Choice(
        MEETING_STATES, data_key="status", load_default=absent, metadata={"description": "Alleen met deze status."}
    )
    group_id = UUID(data_key="groepId", load_default=absent, metadata={"description": "Alleen van deze groep."})
    from_day = Date(data_key="vanaf", load_default=absent, metadata={"description": "Alleen op of na deze dag."})
    until = Date(data_key="totEnMet", load_default=absent, metadata={"description": "Alleen op of voor deze dag."})


class MembershipsQuery(PageQuery):
    """Which memberships."""

    state = Choice(
        MEMBERSHIP_STATES,
        data_key="status",
        load_default=absent,
        metadata={"description": "Alleen met deze status."},
    )
    group_id = UUID(data_key="groepId", load_default=absent, metadata={"description": "Alleen in deze groep."})


@api.list_route(
    "/groepen", GroupSchema, query=GroupsQuery, description="Groepen opvragen. De oudste staat vooraan."
)
@requires_key(*look.ROLES)
def list_groups(**asked: Any) -> list[look.GroupRow]:
    """Groups of the organisations of this key."""
    return look.page_groups(g.actor, **asked)


@api.get_route("/groepen/<uuid:id>", GroupSchema, description="Eén groep opvragen.")
@requires_key(*look.ROLES)
def read_group(id: str) -> look.GroupRow:
    """One group."""
    return look.get_group(g.actor, id)


@api.list_route(
    "/bijeenkomsten", MeetingSchema, query=MeetingsQuery,
    description="Bijeenkomsten opvragen. Wat het eerst gepland werd, staat vooraan.",
)  # fmt: skip
@requires_key(*look.ROLES)
def list_meetings(**asked: Any) -> list[look.MeetingRow]:
    """Meetings of the organisations of this key."""
    return look.page_meetings(g.actor, **asked)


@api.get_route("/bijeenkomsten/<uuid:id>", MeetingSchema, description="Eén bijeenkomst opvragen.")
@requires_key(*look.ROLES)
def read_meeting(id: str) -> look.MeetingRow:
    """One meeting."""
    return look.get_meeting(g.actor, id)


@api.get_route(
    "/bijeenkomsten/<uuid:id>/aanwezigheid", TurnoutSchema,
    description="Opvragen hoeveel mensen er bij een bijeenkomst waren. Wie er waren, blijft in de groep.",
)  # fmt: skip
@requires_key(*look.TURNOUT_ROLES)
def read_turnout(id: str) -> look.TurnoutRow:
    """The numbers of one meeting."""
    return look.get_turnout(g.actor, id)


@api.list_route(
    "/deelnames", MembershipSchema, query=MembershipsQuery,
    description="Opvragen wie er in welke groep meedoet, zonder naam. De oudste deelname staat vooraan.",
)  # fmt: skip
@requires_key(*look.MEMBER_ROLES)
def list_memberships(**asked: Any) -> list[look.MembershipRow]:
    """Memberships in the organisations of this key; that they were looked at is written down."""
    for organisation_id in look.list_organisations(g.actor):
        looks.note_look(
            g.actor, about_kind="membership", about_id="list", organisation_id=organisation_id, purpose="api"
        )
    return look.page_memberships(g.actor, **asked)
