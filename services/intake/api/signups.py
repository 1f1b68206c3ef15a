"""Sign-ups for other systems. Addresses and somebody's own words are not in what goes out."""

from __future__ import annotations

from typing import Any

from flask import current_app, g
from marshmallow import fields, validate

from services.intake.api import api, codes
from services.intake.commands import signups
from services.intake.commands.access_log import log_list_access, log_signup_access
from services.intake.queries.phone_numbers import may_be_texted
from services.intake.queries.scope import ROLES
from services.intake.queries.signups import SignupView, get_signup, page_signups
from services.intake.schemas import MobileNumber
from shared.security.access import requires_key
from shared.web.api_fields import UUID, Boolean, Choice, Instant, absent, max_length
from shared.web.api_schemas import PageQuery, RequestSchema, ResponseSchema
from shared.web.email_field import EmailAddress


class WishResponse(ResponseSchema):
    """What somebody looks for."""

    resource = "Wens"
    days = fields.List(
        Choice(codes.DAYS, metadata={"description": "Een dag."}),
        data_key="dagen",
        metadata={"description": "Dagen die passen; leeg is nog open."},
    )
    parts_of_day = fields.List(
        Choice(codes.PARTS_OF_DAY, metadata={"description": "Een dagdeel."}),
        data_key="dagdelen",
        metadata={"description": "Dagdelen die passen."},
    )
    area = fields.String(
        data_key="postcodecijfers",
        allow_none=True,
        metadata={"description": "Het begin van de postcode, 2 tot 4 cijfers."},
    )
    audience = Choice(
        codes.AUDIENCES,
        data_key="voor",
        allow_none=True,
        metadata={"description": "Of iemand voor zichzelf komt of als naaste."},
    )
    needs = fields.List(
        Choice(codes.NEEDS, metadata={"description": "Een kenmerk van een plek."}),
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


class SignupResponse(ResponseSchema):
    """A sign-up."""

    resource = "Aanmelding"
    id = UUID(metadata={"description": "Het kenmerk van de aanmelding."})
    organisation_id = UUID(data_key="organisatieId", metadata={"description": "Bij welke organisatie."})
    participant_id = UUID(
        data_key="deelnemerId",
        attribute="person.id",
        metadata={"description": "Het kenmerk van de persoon; hetzelfde in alle API's."},
    )
    state = Choice(codes.SIGNUP_STATES, data_key="status", metadata={"description": "Hoe ver de aanmelding is."})
    signed_up_by = Choice(codes.CAME_BY, data_key="aangemeldDoor", metadata={"description": "Wie er aanmeldde."})
    received_at = Instant(data_key="aangemeldOp", metadata={"description": "Wanneer de aanmelding kwam."})
    call_name = fields.String(
        data_key="roepnaam",
        attribute="person.call_name",
        metadata={"description": "Hoe iemand genoemd wil worden."},
    )
    language = Choice(
        codes.LANGUAGES,
        data_key="taal",
        attribute="person.language",
        metadata={"description": "In welke taal we iemand schrijven."},
    )
    purposes = fields.List(
        Choice(codes.ALL_PURPOSES, metadata={"description": "Een doel."}),
        data_key="toestemmingen",
        attribute="person.purposes",
        metadata={"description": "Waar iemand ja op zei."},
    )
    wish = fields.Nested(WishResponse, data_key="wens", metadata={"description": "Wat iemand zoekt."})
    closed_because = Choice(
        codes.CLOSE_REASONS,
        data_key="geslotenOmdat",
        allow_none=True,
        metadata={"description": "Waarom de aanmelding dicht is."},
    )
    closed_at = Instant(
        data_key="geslotenOp", allow_none=True, metadata={"description": "Wanneer de aanmelding dichtging."}
    )


class SignupRequest(RequestSchema):
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
        codes.SIGNED_UP_BY, data_key="aangemeldDoor", required=True, metadata={"description": "Wie er aanmeldt."}
    )
    language = Choice(
        codes.LANGUAGES,
        data_key="taal",
        load_default="nl",
        metadata={"description": "In welke taal we iemand schrijven."},
    )
    email = EmailAddress(
        load_default=absent, validate=max_length(254), metadata={"description": "E-mailadres.", "format": "email"}
    )
    mobile = MobileNumber(
        data_key="mobiel",
        load_default=absent,
        validate=max_length(20),
        metadata={
            "description": "Mobiel nummer, bijvoorbeeld +31612345678. Niet naar elk land gaan sms'jes.",
            "format": "mobiel-nummer",
        },
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
        Choice(codes.PURPOSES, metadata={"description": "Een doel."}),
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
        codes.AUDIENCES,
        data_key="voor",
        load_default=absent,
        metadata={"description": "Of iemand voor zichzelf komt of als naaste."},
    )
    days = fields.List(
        Choice(codes.DAYS, metadata={"description": "Een dag."}),
        data_key="dagen",
        load_default=list,
        metadata={"description": "Dagen die passen."},
    )
    parts_of_day = fields.List(
        Choice(codes.PARTS_OF_DAY, metadata={"description": "Een dagdeel."}),
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
        Choice(codes.NEEDS, metadata={"description": "Een kenmerk."}),
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


class SignupFilters(PageQuery):
    """Which sign-ups."""

    state = Choice(
        codes.SIGNUP_STATES,
        data_key="status",
        load_default=absent,
        metadata={"description": "Alleen met deze status."},
    )


@api.list_route(
    "/aanmeldingen",
    SignupResponse,
    query=SignupFilters,
    description="Aanmeldingen opvragen. De oudste staat vooraan.",
)
@requires_key(*ROLES)
def list_signups(*, after: str | None, limit: int, state: str | None) -> list[SignupView]:
    """Return sign-ups of the organisations of this key."""
    log_list_access(g.actor, "api")
    return page_signups(g.actor, after=after, limit=limit, state=state)


@api.get_route("/aanmeldingen/<uuid:id>", SignupResponse, description="Eén aanmelding opvragen.")
@requires_key(*ROLES)
def read_signup(id: str) -> SignupView:
    """Return one sign-up; log that it was read."""
    view = get_signup(g.actor, id)
    log_signup_access(g.actor, id, view.organisation_id, "api")
    return view


@api.create_route(
    "/aanmeldingen",
    SignupRequest,
    SignupResponse,
    description="Iemand aanmelden. Daarna zoekt de organisatie contact om kennis te maken.",
)
@requires_key(*ROLES)
def register_signup(**values: Any) -> SignupView:
    """Sign somebody up."""
    texted = may_be_texted(values["mobile"], current_app.extensions["settings"].sms_countries)
    return get_signup(g.actor, signups.register_signup(g.actor, may_be_texted=texted, **values))
