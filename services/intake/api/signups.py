"""Sign-ups for other systems. Addresses and somebody's own words are not in what goes out."""

from __future__ import annotations

from typing import Any

from flask import g
from marshmallow import validate

from services.intake.api import codes
from services.intake.api.document import api
from services.intake.commands import signups
from services.intake.commands.access_log import log_list_access, log_signup_access
from services.intake.queries.scope import ROLES
from services.intake.queries.signups import SignupView, get_signup, page_signups
from services.intake.schemas import EmailAddress, MobileNumber
from shared.security.access import requires_key
from shared.web.api_shapes import (
    Id,
    Many,
    Moment,
    Named,
    PageAsked,
    Part,
    Shape,
    Text,
    Told,
    Word,
    YesNo,
    at_most,
    nothing,
)


class Email(Named, EmailAddress):
    """An e-mail address."""


class Mobile(Named, MobileNumber):
    """A mobile number."""


class WishResponse(Told):
    """What somebody looks for."""

    resource = "Wens"
    days = Many("dagen", "Dagen die passen; leeg is nog open.", Word("dag", "Een dag.", codes.DAYS))
    parts_of_day = Many("dagdelen", "Dagdelen die passen.", Word("dagdeel", "Een dagdeel.", codes.PARTS_OF_DAY))
    area = Text("postcodecijfers", "Het begin van de postcode, 2 tot 4 cijfers.", allow_none=True)
    audience = Word("voor", "Of iemand voor zichzelf komt of als naaste.", codes.AUDIENCES, allow_none=True)
    needs = Many("nodig", "Wat de plek moet hebben.", Word("kenmerk", "Een kenmerk van een plek.", codes.NEEDS))
    themes = Many("themas", "Waar iemand over wil praten.", Text("thema", "Een thema."))
    avoided_groups = Many(
        "lieverNietBij", "Groepen waar iemand liever niet bij komt.", Id("groepId", "Een groep.")
    )


class SignupResponse(Told):
    """A sign-up."""

    resource = "Aanmelding"
    id = Id("id", "Het kenmerk van de aanmelding.")
    organisation_id = Id("organisatieId", "Bij welke organisatie.")
    participant_id = Id(
        "deelnemerId", "Het kenmerk van de persoon; hetzelfde in alle API's.", attribute="person.id"
    )  # fmt: skip
    state = Word("status", "Hoe ver de aanmelding is.", codes.SIGNUP_STATES)
    signed_up_by = Word("aangemeldDoor", "Wie er aanmeldde.", codes.CAME_BY)
    received_at = Moment("aangemeldOp", "Wanneer de aanmelding kwam.")
    call_name = Text("roepnaam", "Hoe iemand genoemd wil worden.", attribute="person.call_name")
    language = Word("taal", "In welke taal we schrijven.", codes.LANGUAGES, attribute="person.language")
    purposes = Many(
        "toestemmingen", "Waar iemand ja op zei.", Word("toestemming", "Een doel.", codes.ALL_PURPOSES),
        attribute="person.purposes",
    )  # fmt: skip
    wish = Part("wens", "Wat iemand zoekt.", WishResponse)
    closed_because = Word("geslotenOmdat", "Waarom de aanmelding dicht is.", codes.CLOSE_REASONS, allow_none=True)
    closed_at = Moment("geslotenOp", "Wanneer de aanmelding dichtging.", allow_none=True)


class SignupRequest(Shape):
    """Somebody to sign up: only the organisation, a name and who asks are needed."""

    resource = "NieuweAanmelding"
    organisation_id = Id("organisatieId", "Bij welke organisatie.", required=True)
    call_name = Text(
        "roepnaam", "Hoe iemand genoemd wil worden. Een verzonnen naam is ook goed.", required=True,
        validate=validate.Length(1, 60, error="Geef een naam van {min} tot en met {max} tekens."),
    )  # fmt: skip
    signed_up_by = Word("aangemeldDoor", "Wie er aanmeldt.", codes.SIGNED_UP_BY, required=True)
    language = Word("taal", "In welke taal we schrijven.", codes.LANGUAGES, load_default="nl")
    email = Email(
        "email", "E-mailadres.", load_default=nothing, metadata={"format": "email"}, validate=at_most(254)
    )
    mobile = Mobile(
        "mobiel", "Mobiel nummer, bijvoorbeeld +31612345678.", load_default=nothing,
        metadata={"format": "mobiel-nummer"}, validate=at_most(20),
    )  # fmt: skip
    may_leave_message = YesNo("magInspreken", "Of we een bericht mogen inspreken.", load_default=False)
    phone_is_shared = YesNo("telefoonGedeeld", "Of anderen deze telefoon ook zien.", load_default=False)
    purposes = Many(
        "toestemmingen", "Waar iemand ja op zei. Daar is een e-mailadres of mobiel nummer bij nodig.",
        Word("toestemming", "Een doel.", codes.PURPOSES), load_default=list,
    )  # fmt: skip
    help_question = Text(
        "hulpvraag", "Wat iemand zoekt, in eigen woorden.", load_default="", validate=at_most(600)
    )
    audience = Word("voor", "Of iemand voor zichzelf komt of als naaste.", codes.AUDIENCES, load_default=nothing)
    days = Many("dagen", "Dagen die passen.", Word("dag", "Een dag.", codes.DAYS), load_default=list)
    parts_of_day = Many(
        "dagdelen", "Dagdelen die passen.", Word("dagdeel", "Een dagdeel.", codes.PARTS_OF_DAY), load_default=list
    )  # fmt: skip
    area = Text(
        "postcodecijfers", "Het begin van de postcode: 2 tot 4 cijfers. Ongeveer waar is genoeg.",
        load_default=nothing,
        validate=validate.Regexp("^[1-9][0-9]{1,3}$", error="Geef 2 tot 4 cijfers, zoals 34 of 3412."),
    )  # fmt: skip
    needs = Many(
        "nodig", "Wat de plek moet hebben.", Word("kenmerk", "Een kenmerk.", codes.NEEDS), load_default=list
    )
    themes = Many(
        "themas", "Waar iemand over wil praten.", Text("thema", "Een thema.", validate=at_most(60)),
        load_default=list, validate=at_most(20),
    )  # fmt: skip
    avoided_groups = Many(
        "lieverNietBij", "Groepen waar iemand liever niet bij komt.", Id("groepId", "Een groep."),
        load_default=list, validate=at_most(100),
    )  # fmt: skip


class SignupFilters(PageAsked):
    """Which sign-ups."""

    state = Word("status", "Alleen met deze status.", codes.SIGNUP_STATES, load_default=nothing)


@api.many(
    "/aanmeldingen", SignupResponse, filters=SignupFilters,
    about="Aanmeldingen opvragen. De oudste staat vooraan.",
)  # fmt: skip
@requires_key(*ROLES)
def list_signups(**values: Any) -> list[SignupView]:
    """Return sign-ups of the organisations of this key."""
    log_list_access(g.actor, "api")
    return page_signups(g.actor, **values)


@api.one("/aanmeldingen/<uuid:id>", SignupResponse, about="Eén aanmelding opvragen.")
@requires_key(*ROLES)
def read_signup(id: str) -> SignupView:
    """Return one sign-up, and write down that it was looked at."""
    view = get_signup(g.actor, id)
    log_signup_access(g.actor, id, view.organisation_id, "api")
    return view


@api.made(
    "/aanmeldingen", SignupRequest, SignupResponse,
    about="Iemand aanmelden. Daarna zoekt de organisatie contact om kennis te maken.",
)  # fmt: skip
@requires_key(*ROLES)
def register_signup(**values: Any) -> SignupView:
    """Sign somebody up."""
    return get_signup(g.actor, signups.register_signup(g.actor, **values))
