"""The JSON API of meetings: groups, when they meet, who belongs by opaque id, and how many came."""

from __future__ import annotations

from typing import Any

from flask import g

from services.meetings.commands import looks
from services.meetings.queries import api as look
from shared.security.access import requires_key
from shared.web.api import Resources
from shared.web.api_document import About
from shared.web.api_shapes import Day, Hour, Id, Many, Moment, Number, PageAsked, Part, Text, Told, Word, nothing

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


class VenueTold(Told):
    """Where a group meets."""

    resource = "Locatie"
    name = Text("naam", "Hoe de plek heet.")
    area = Text("postcodecijfers", "De vier cijfers van de postcode.")
    features = Many("kenmerken", "Wat de plek heeft.", Word("kenmerk", "Een kenmerk.", FEATURES))


class RhythmTold(Told):
    """How often a group meets."""

    resource = "Ritme"
    weekday = Word("weekdag", "De dag; null als de dagen per keer gekozen worden.", DAYS, allow_none=True)
    every_weeks = Number("elkeWeken", "Om de hoeveel weken; null als er geen vast ritme is.", allow_none=True)
    at = Hour("tijd", "De tijd, op de klok van de plek.")
    minutes = Number("minuten", "Hoe lang het duurt.")


class NextTold(Told):
    """The next meeting of a group."""

    resource = "VolgendeBijeenkomst"
    id = Id("id", "Het kenmerk van de bijeenkomst.")
    on = Day("datum", "De dag.")
    at = Hour("tijd", "De tijd.")


class GroupTold(Told):
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
    venue = Part("locatie", "Waar de groep bij elkaar komt.", VenueTold, allow_none=True)
    rhythm = Part("ritme", "Hoe vaak de groep bij elkaar komt.", RhythmTold, allow_none=True)
    next_meeting = Part("volgendeBijeenkomst", "De eerste die nog komt.", NextTold, allow_none=True)


class MeetingTold(Told):
    """A meeting."""

    resource = "Bijeenkomst"
    id = Id("id", "Het kenmerk van de bijeenkomst.")
    organisation_id = Id("organisatieId", "Van welke organisatie.")
    group_id = Id("groepId", "Van welke groep.")
    kind = Word("soort", "Wat voor bijeenkomst het is.", MEETING_KINDS)
    state = Word("status", "Of de bijeenkomst doorgaat of doorging.", MEETING_STATES)
    on = Day("datum", "De dag, op de klok van de plek.")
    at = Hour("tijd", "De tijd, op de klok van de plek.")
    zone = Text("tijdzone", "De naam van die klok (IANA).")
    minutes = Number("minuten", "Hoe lang het duurt.")
    starts_at = Moment("begintOp", "Het begin.")
    ends_at = Moment("eindigtOp", "Het eind.")
    other_place = Text(
        "anderePlek", "Hoe de plek heet, als het deze keer ergens anders is; anders null.", allow_none=True
    )


class MembershipTold(Told):
    """Somebody's stay in a group."""

    resource = "Deelname"
    id = Id("id", "Het kenmerk van de deelname.")
    organisation_id = Id("organisatieId", "Van welke organisatie.")
    group_id = Id("groepId", "In welke groep.")
    participant_id = Id("deelnemerId", "Het kenmerk van de persoon; hetzelfde in alle API's.")
    placement_id = Id("plaatsingId", "De plaatsing waaruit dit volgde.", allow_none=True)
    state = Word("status", "Of iemand nog meedoet.", MEMBERSHIP_STATES)
    starts_on = Day("eersteDag", "De eerste dag.")
    ended_on = Day("laatsteDag", "De laatste dag; null zolang iemand meedoet.", allow_none=True)


class TurnoutTold(Told):
    """How many were there."""

    resource = "Aanwezigheid"
    meeting_id = Id("bijeenkomstId", "Van welke bijeenkomst.")
    closed_at = Moment(
        "afgerondOp", "Wanneer de begeleider klaar was; tot dan is elk aantal null.", allow_none=True
    )
    members = Number("deelnemers", "Hoeveel mensen er die dag bij de groep hoorden.", allow_none=True)
    present = Number("aanwezig", "Hoeveel van hen er waren.", allow_none=True)
    excused = Number("afgemeld", "Hoeveel van hen zich hadden afgemeld.", allow_none=True)
    absent = Number("gemist", "Hoeveel van hen er niet waren.", allow_none=True)
    not_recorded = Number("nietIngevuld", "Van hoeveel van hen niets is ingevuld.", allow_none=True)
    unnamed = Number("zonderNaam", "Hoeveel mensen er nog meer waren, zonder naam.", allow_none=True)


class GroupsAsked(PageAsked):
    """Which groups."""

    state = Word("status", "Alleen met deze status.", GROUP_STATES, load_default=nothing)


class MeetingsAsked(PageAsked):
    """Which meetings."""

    state = Word("status", "Alleen met deze status.", MEETING_STATES, load_default=nothing)
    group_id = Id("groepId", "Alleen van deze groep.", load_default=nothing)
    from_day = Day("vanaf", "Alleen op of na deze dag.", load_default=nothing)
    until = Day("totEnMet", "Alleen op of voor deze dag.", load_default=nothing)


class MembershipsAsked(PageAsked):
    """Which memberships."""

    state = Word("status", "Alleen met deze status.", MEMBERSHIP_STATES, load_default=nothing)
    group_id = Id("groepId", "Alleen in deze groep.", load_default=nothing)


@api.many("/groepen", GroupTold, filters=GroupsAsked, about="Groepen opvragen. De oudste staat vooraan.")
@requires_key(*look.ROLES)
def list_groups(**asked: Any) -> list[look.GroupRow]:
    """Groups of the organisations of this key."""
    return look.page_groups(g.actor, **asked)


@api.one("/groepen/<uuid:id>", GroupTold, about="Eén groep opvragen.")
@requires_key(*look.ROLES)
def read_group(id: str) -> look.GroupRow:
    """One group."""
    return look.get_group(g.actor, id)


@api.many(
    "/bijeenkomsten", MeetingTold, filters=MeetingsAsked,
    about="Bijeenkomsten opvragen. Wat het eerst gepland werd, staat vooraan.",
)  # fmt: skip
@requires_key(*look.ROLES)
def list_meetings(**asked: Any) -> list[look.MeetingRow]:
    """Meetings of the organisations of this key."""
    return look.page_meetings(g.actor, **asked)


@api.one("/bijeenkomsten/<uuid:id>", MeetingTold, about="Eén bijeenkomst opvragen.")
@requires_key(*look.ROLES)
def read_meeting(id: str) -> look.MeetingRow:
    """One meeting."""
    return look.get_meeting(g.actor, id)


@api.one(
    "/bijeenkomsten/<uuid:id>/aanwezigheid", TurnoutTold,
    about="Opvragen hoeveel mensen er bij een bijeenkomst waren. Wie er waren, blijft in de groep.",
)  # fmt: skip
@requires_key(*look.TURNOUT_ROLES)
def read_turnout(id: str) -> look.TurnoutRow:
    """The numbers of one meeting."""
    return look.get_turnout(g.actor, id)


@api.many(
    "/deelnames", MembershipTold, filters=MembershipsAsked,
    about="Opvragen wie er in welke groep meedoet, zonder naam. De oudste deelname staat vooraan.",
)  # fmt: skip
@requires_key(*look.MEMBER_ROLES)
def list_memberships(**asked: Any) -> list[look.MembershipRow]:
    """Memberships in the organisations of this key; that they were looked at is written down."""
    for organisation_id in look.list_organisations(g.actor):
        looks.note_look(
            g.actor, about_kind="membership", about_id="list", organisation_id=organisation_id, purpose="api"
        )
    return look.page_memberships(g.actor, **asked)
