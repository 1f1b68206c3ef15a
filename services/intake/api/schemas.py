"""What goes in and out of the API of intake.

Addresses, somebody's own words and why a talk came to nothing do not leave by this door.
"""

from __future__ import annotations

from marshmallow import fields, validate

from services.intake.api import words
from services.intake.schemas import EmailAddress, MobileNumber
from shared.web.api_fields import UUID, Boolean, Choice, Date, Instant, Integer, Time, absent, max_length
from shared.web.api_schemas import PageQuery, RequestSchema, ResponseSchema


class WishSchema(ResponseSchema):
    """What somebody looks for."""

    resource = "Wens"
    days = fields.List(
        Choice(words.DAYS, metadata={"description": "Een dag."}),
        data_key="dagen",
        metadata={"description": "Dagen die passen; leeg is nog open."},
    )
    parts_of_day = fields.List(
        Choice(words.PARTS_OF_DAY, metadata={"description": "Een dagdeel."}),
        data_key="dagdelen",
        metadata={"description": "Dagdelen die passen."},
    )
    area = fields.String(
        data_key="postcodecijfers",
        allow_none=True,
        metadata={"description": "Het begin van de postcode, 2 tot 4 cijfers."},
    )
    audience = Choice(
        words.AUDIENCES,
        data_key="voor",
        allow_none=True,
        metadata={"description": "Of iemand voor zichzelf komt of als naaste."},
    )
    needs = fields.List(
        Choice(words.NEEDS, metadata={"description": "Een kenmerk van een plek."}),
        data_key="nodig",
        metadata={"description": "Wat de plek moet hebben."},
    )
    themes = fields.List(
        fields.String(metadata={"description": "Een thema."}),
        data_key="themas",
        metadata={"description": "Waar iemand over wil praten."},
    )
    avoided_groups = fields.List(
        UUID(metadata={"description": "Een groep."}),
        data_key="lieverNietBij",
        metadata={"description": "Groepen waar iemand liever niet bij komt."},
    )


class SignupSchema(ResponseSchema):
    """A sign-up."""

    resource = "Aanmelding"
    id = UUID(metadata={"description": "Het kenmerk van de aanmelding."})
    organisation_id = UUID(data_key="organisatieId", metadata={"description": "Bij welke organisatie."})
    participant_id = UUID(
        data_key="deelnemerId",
        attribute="person.id",
        metadata={"description": "Het kenmerk van de persoon; hetzelfde in alle API's."},
    )
    state = Choice(words.SIGNUP_STATES, data_key="status", metadata={"description": "Hoe ver de aanmelding is."})
    signed_up_by = Choice(words.CAME_BY, data_key="aangemeldDoor", metadata={"description": "Wie er aanmeldde."})
    received_at = Instant(data_key="aangemeldOp", metadata={"description": "Wanneer de aanmelding kwam."})
    call_name = fields.String(
        data_key="roepnaam",
        attribute="person.call_name",
        metadata={"description": "Hoe iemand genoemd wil worden."},
    )
    language = Choice(
        words.LANGUAGES,
        data_key="taal",
        attribute="person.language",
        metadata={"description": "In welke taal we schrijven."},
    )
    purposes = fields.List(
        Choice(words.ALL_PURPOSES, metadata={"description": "Een doel."}),
        data_key="toestemmingen",
        attribute="person.purposes",
        metadata={"description": "Waar iemand ja op zei."},
    )
    wish = fields.Nested(WishSchema, data_key="wens", metadata={"description": "Wat iemand zoekt."})
    closed_because = Choice(
        words.CLOSE_REASONS,
        data_key="geslotenOmdat",
        allow_none=True,
        metadata={"description": "Waarom de aanmelding dicht is."},
    )
    closed_at = Instant(
        data_key="geslotenOp", allow_none=True, metadata={"description": "Wanneer de aanmelding dichtging."}
    )


class NewSignupSchema(RequestSchema):
    """Somebody to sign up: only the organisation, a name and who asks are needed."""

    resource = "NieuweAanmelding"
    organisation_id = UUID(
        data_key="organisatieId", required=True, metadata={"description": "Bij welke organisatie."}
    )
    call_name = fields.String(
        data_key="roepnaam",
        required=True,
        validate=validate.Length(1, 60, error="Geef een naam van {min} tot en met {max} tekens."),
        metadata={"description": "Hoe iemand genoemd wil worden. Een verzonnen naam is ook goed."},
    )
    signed_up_by = Choice(
        words.SIGNED_UP_BY, data_key="aangemeldDoor", required=True, metadata={"description": "Wie er aanmeldt."}
    )
    language = Choice(
        words.LANGUAGES,
        data_key="taal",
        load_default="nl",
        metadata={"description": "In welke taal we schrijven."},
    )
    email = EmailAddress(
        load_default=absent, validate=max_length(254), metadata={"description": "E-mailadres.", "format": "email"}
    )
    mobile = MobileNumber(
        data_key="mobiel",
        load_default=absent,
        validate=max_length(20),
        metadata={"description": "Mobiel nummer, bijvoorbeeld +31612345678.", "format": "mobiel-nummer"},
    )
    may_leave_message = Boolean(
        data_key="magInspreken", load_default=False, metadata={"description": "Of we een bericht mogen inspreken."}
    )
    phone_is_shared = Boolean(
        data_key="telefoonGedeeld",
        load_default=False,
        metadata={"description": "Of anderen deze telefoon ook zien."},
    )
    purposes = fields.List(
        Choice(words.PURPOSES, metadata={"description": "Een doel."}),
        data_key="toestemmingen",
        load_default=list,
        metadata={"description": "Waar iemand ja op zei. Daar is een e-mailadres of mobiel nummer bij nodig."},
    )
    help_question = fields.String(
        data_key="hulpvraag",
        load_default="",
        validate=max_length(600),
        metadata={"description": "Wat iemand zoekt, in eigen woorden."},
    )
    audience = Choice(
        words.AUDIENCES,
        data_key="voor",
        load_default=absent,
        metadata={"description": "Of iemand voor zichzelf komt of als naaste."},
    )
    days = fields.List(
        Choice(words.DAYS, metadata={"description": "Een dag."}),
        data_key="dagen",
        load_default=list,
        metadata={"description": "Dagen die passen."},
    )
    parts_of_day = fields.List(
        Choice(words.PARTS_OF_DAY, metadata={"description": "Een dagdeel."}),
        data_key="dagdelen",
        load_default=list,
        metadata={"description": "Dagdelen die passen."},
    )
    area = fields.String(
        data_key="postcodecijfers",
        load_default=absent,
        validate=validate.Regexp("^[1-9][0-9]{1,3}$", error="Geef 2 tot 4 cijfers, zoals 34 of 3412."),
        metadata={"description": "Het begin van de postcode: 2 tot 4 cijfers. Ongeveer waar is genoeg."},
    )
    needs = fields.List(
        Choice(words.NEEDS, metadata={"description": "Een kenmerk."}),
        data_key="nodig",
        load_default=list,
        metadata={"description": "Wat de plek moet hebben."},
    )
    themes = fields.List(
        fields.String(validate=max_length(60), metadata={"description": "Een thema."}),
        data_key="themas",
        load_default=list,
        validate=max_length(20),
        metadata={"description": "Waar iemand over wil praten."},
    )
    avoided_groups = fields.List(
        UUID(metadata={"description": "Een groep."}),
        data_key="lieverNietBij",
        load_default=list,
        validate=max_length(100),
        metadata={"description": "Groepen waar iemand liever niet bij komt."},
    )


class TalkSchema(ResponseSchema):
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
    form = Choice(words.TALK_FORMS, data_key="vorm", metadata={"description": "Hoe het gesprek gaat."})
    place = fields.String(data_key="plek", metadata={"description": "Waar het is; leeg als dat niet nodig is."})
    state = Choice(words.TALK_STATES, data_key="status", metadata={"description": "Wat er van het gesprek kwam."})
    called_off_by = Choice(
        words.CALLED_OFF_BY, data_key="afgezegdDoor", allow_none=True, metadata={"description": "Wie afzegde."}
    )
    outcome = Choice(
        words.OUTCOMES, data_key="uitkomst", allow_none=True, metadata={"description": "Wat beiden besloten."}
    )
    group_id = UUID(data_key="groepId", allow_none=True, metadata={"description": "Om welke groep het dan gaat."})


class PlacementSchema(ResponseSchema):
    """A place in a group."""

    resource = "Plaatsing"
    id = UUID(metadata={"description": "Het kenmerk van de plaatsing."})
    organisation_id = UUID(data_key="organisatieId", metadata={"description": "Van welke organisatie."})
    signup_id = UUID(data_key="aanmeldingId", metadata={"description": "Bij welke aanmelding."})
    participant_id = UUID(data_key="deelnemerId", metadata={"description": "Wie de plek krijgt."})
    group_id = UUID(data_key="groepId", metadata={"description": "In welke groep."})
    starts_on = Date(data_key="eersteDag", metadata={"description": "De eerste dag in de groep."})
    state = Choice(words.PLACEMENT_STATES, data_key="status", metadata={"description": "Wat er van de plek kwam."})
    placed_at = Instant(data_key="geplaatstOp", metadata={"description": "Wanneer de plek gegeven is."})


class SignupsQuery(PageQuery):
    """Which sign-ups."""

    state = Choice(
        words.SIGNUP_STATES,
        data_key="status",
        load_default=absent,
        metadata={"description": "Alleen met deze status."},
    )


class TalksQuery(PageQuery):
    """Which talks."""

    state = Choice(
        words.TALK_STATES,
        data_key="status",
        load_default=absent,
        metadata={"description": "Alleen met deze status."},
    )
    signup_id = UUID(
        data_key="aanmeldingId", load_default=absent, metadata={"description": "Alleen bij deze aanmelding."}
    )


class PlacementsQuery(PageQuery):
    """Which places."""

    state = Choice(
        words.PLACEMENT_STATES,
        data_key="status",
        load_default=absent,
        metadata={"description": "Alleen met deze status."},
    )
    signup_id = UUID(
        data_key="aanmeldingId", load_default=absent, metadata={"description": "Alleen bij deze aanmelding."}
    )
    group_id = UUID(data_key="groepId", load_default=absent, metadata={"description": "Alleen in deze groep."})
