"""What goes in and out of the API of intake.

Addresses, somebody's own words and why a talk came to nothing do not leave by this door.
"""

from __future__ import annotations

from marshmallow import validate

from services.intake.api import words
from services.intake.schemas import EmailAddress, MobileNumber
from shared.web.api_shapes import (
    Day,
    Hour,
    Id,
    Many,
    Moment,
    Named,
    Number,
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


class WishTold(Told):
    """What somebody looks for."""

    resource = "Wens"
    days = Many("dagen", "Dagen die passen; leeg is nog open.", Word("dag", "Een dag.", words.DAYS))
    parts_of_day = Many("dagdelen", "Dagdelen die passen.", Word("dagdeel", "Een dagdeel.", words.PARTS_OF_DAY))
    area = Text("postcodecijfers", "Het begin van de postcode, 2 tot 4 cijfers.", allow_none=True)
    audience = Word("voor", "Of iemand voor zichzelf komt of als naaste.", words.AUDIENCES, allow_none=True)
    needs = Many("nodig", "Wat de plek moet hebben.", Word("kenmerk", "Een kenmerk van een plek.", words.NEEDS))
    themes = Many("themas", "Waar iemand over wil praten.", Text("thema", "Een thema."))
    avoided_groups = Many(
        "lieverNietBij", "Groepen waar iemand liever niet bij komt.", Id("groepId", "Een groep.")
    )


class SignupTold(Told):
    """A sign-up."""

    resource = "Aanmelding"
    id = Id("id", "Het kenmerk van de aanmelding.")
    organisation_id = Id("organisatieId", "Bij welke organisatie.")
    participant_id = Id(
        "deelnemerId", "Het kenmerk van de persoon; hetzelfde in alle API's.", attribute="person.id"
    )  # fmt: skip
    state = Word("status", "Hoe ver de aanmelding is.", words.SIGNUP_STATES)
    signed_up_by = Word("aangemeldDoor", "Wie er aanmeldde.", words.CAME_BY)
    received_at = Moment("aangemeldOp", "Wanneer de aanmelding kwam.")
    call_name = Text("roepnaam", "Hoe iemand genoemd wil worden.", attribute="person.call_name")
    language = Word("taal", "In welke taal we schrijven.", words.LANGUAGES, attribute="person.language")
    purposes = Many(
        "toestemmingen", "Waar iemand ja op zei.", Word("toestemming", "Een doel.", words.ALL_PURPOSES),
        attribute="person.purposes",
    )  # fmt: skip
    wish = Part("wens", "Wat iemand zoekt.", WishTold)
    closed_because = Word("geslotenOmdat", "Waarom de aanmelding dicht is.", words.CLOSE_REASONS, allow_none=True)
    closed_at = Moment("geslotenOp", "Wanneer de aanmelding dichtging.", allow_none=True)


class SignupAsked(Shape):
    """Somebody to sign up: only the organisation, a name and who asks are needed."""

    resource = "NieuweAanmelding"
    organisation_id = Id("organisatieId", "Bij welke organisatie.", required=True)
    call_name = Text(
        "roepnaam", "Hoe iemand genoemd wil worden. Een verzonnen naam is ook goed.", required=True,
        validate=validate.Length(1, 60, error="Geef een naam van {min} tot en met {max} tekens."),
    )  # fmt: skip
    signed_up_by = Word("aangemeldDoor", "Wie er aanmeldt.", words.SIGNED_UP_BY, required=True)
    language = Word("taal", "In welke taal we schrijven.", words.LANGUAGES, load_default="nl")
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
        Word("toestemming", "Een doel.", words.PURPOSES), load_default=list,
    )  # fmt: skip
    help_question = Text(
        "hulpvraag", "Wat iemand zoekt, in eigen woorden.", load_default="", validate=at_most(600)
    )
    audience = Word("voor", "Of iemand voor zichzelf komt of als naaste.", words.AUDIENCES, load_default=nothing)
    days = Many("dagen", "Dagen die passen.", Word("dag", "Een dag.", words.DAYS), load_default=list)
    parts_of_day = Many(
        "dagdelen", "Dagdelen die passen.", Word("dagdeel", "Een dagdeel.", words.PARTS_OF_DAY), load_default=list
    )  # fmt: skip
    area = Text(
        "postcodecijfers", "Het begin van de postcode: 2 tot 4 cijfers. Ongeveer waar is genoeg.",
        load_default=nothing,
        validate=validate.Regexp("^[1-9][0-9]{1,3}$", error="Geef 2 tot 4 cijfers, zoals 34 of 3412."),
    )  # fmt: skip
    needs = Many(
        "nodig", "Wat de plek moet hebben.", Word("kenmerk", "Een kenmerk.", words.NEEDS), load_default=list
    )
    themes = Many(
        "themas", "Waar iemand over wil praten.", Text("thema", "Een thema.", validate=at_most(60)),
        load_default=list, validate=at_most(20),
    )  # fmt: skip
    avoided_groups = Many(
        "lieverNietBij", "Groepen waar iemand liever niet bij komt.", Id("groepId", "Een groep."),
        load_default=list, validate=at_most(100),
    )  # fmt: skip


class TalkTold(Told):
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
    form = Word("vorm", "Hoe het gesprek gaat.", words.TALK_FORMS)
    place = Text("plek", "Waar het is; leeg als dat niet nodig is.")
    state = Word("status", "Wat er van het gesprek kwam.", words.TALK_STATES)
    called_off_by = Word("afgezegdDoor", "Wie afzegde.", words.CALLED_OFF_BY, allow_none=True)
    outcome = Word("uitkomst", "Wat beiden besloten.", words.OUTCOMES, allow_none=True)
    group_id = Id("groepId", "Om welke groep het dan gaat.", allow_none=True)


class PlacementTold(Told):
    """A place in a group."""

    resource = "Plaatsing"
    id = Id("id", "Het kenmerk van de plaatsing.")
    organisation_id = Id("organisatieId", "Van welke organisatie.")
    signup_id = Id("aanmeldingId", "Bij welke aanmelding.")
    participant_id = Id("deelnemerId", "Wie de plek krijgt.")
    group_id = Id("groepId", "In welke groep.")
    starts_on = Day("eersteDag", "De eerste dag in de groep.")
    state = Word("status", "Wat er van de plek kwam.", words.PLACEMENT_STATES)
    placed_at = Moment("geplaatstOp", "Wanneer de plek gegeven is.")


class SignupsAsked(PageAsked):
    """Which sign-ups."""

    state = Word("status", "Alleen met deze status.", words.SIGNUP_STATES, load_default=nothing)


class TalksAsked(PageAsked):
    """Which talks."""

    state = Word("status", "Alleen met deze status.", words.TALK_STATES, load_default=nothing)
    signup_id = Id("aanmeldingId", "Alleen bij deze aanmelding.", load_default=nothing)


class PlacementsAsked(PageAsked):
    """Which places."""

    state = Word("status", "Alleen met deze status.", words.PLACEMENT_STATES, load_default=nothing)
    signup_id = Id("aanmeldingId", "Alleen bij deze aanmelding.", load_default=nothing)
    group_id = Id("groepId", "Alleen in deze groep.", load_default=nothing)
