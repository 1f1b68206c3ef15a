"""Sign-ups, introductory talks and places, for other systems."""

from __future__ import annotations

from typing import Any

from flask import g

from services.intake.api import schemas
from services.intake.commands import looks, signups
from services.intake.queries import api as look
from services.intake.queries.scope import ROLES
from services.intake.queries.signups import SignupView, get_signup
from shared.security.access import requires_key
from shared.web.api import Resources
from shared.web.api_document import About

api = Resources(
    "kennismaking",
    About(
        "Houvast: aanmelden en kennismaken",
        "Mensen aanmelden voor een groep, en volgen hoe zij na een kennismaking een plek krijgen. Adressen, de"
        " hulpvraag en waarom een gesprek op niets uitkwam, zijn hier niet op te vragen.",
        "1.0.0",
    ),
)


@api.list_route(
    "/aanmeldingen", schemas.SignupSchema, query=schemas.SignupsQuery,
    description="Aanmeldingen opvragen. De oudste staat vooraan.",
)  # fmt: skip
@requires_key(*ROLES)
def list_signups(**asked: Any) -> list[SignupView]:
    """Sign-ups of the organisations of this key."""
    looks.note_list(g.actor, "api")
    return look.page_signups(g.actor, **asked)


@api.get_route("/aanmeldingen/<uuid:id>", schemas.SignupSchema, description="Eén aanmelding opvragen.")
@requires_key(*ROLES)
def read_signup(id: str) -> SignupView:
    """One sign-up; that it was looked at is written down."""
    view = get_signup(g.actor, id)
    looks.note_look(g.actor, id, view.organisation_id, "api")
    return view


@api.create_route(
    "/aanmeldingen", schemas.NewSignupSchema, schemas.SignupSchema,
    description="Iemand aanmelden. Daarna zoekt de organisatie contact om kennis te maken.",
)  # fmt: skip
@requires_key(*ROLES)
def register_signup(**asked: Any) -> SignupView:
    """Sign somebody up."""
    return get_signup(g.actor, signups.register_signup(g.actor, **asked))


@api.list_route(
    "/kennismakingsgesprekken", schemas.TalkSchema, query=schemas.TalksQuery,
    description="Kennismakingsgesprekken opvragen. Wat het eerst gepland werd, staat vooraan.",
)  # fmt: skip
@requires_key(*ROLES)
def list_intro_talks(**asked: Any) -> list[look.Talk]:
    """Talks of the organisations of this key."""
    looks.note_list(g.actor, "api")
    return look.page_talks(g.actor, **asked)


@api.get_route(
    "/kennismakingsgesprekken/<uuid:id>", schemas.TalkSchema, description="Eén kennismakingsgesprek opvragen."
)
@requires_key(*ROLES)
def read_intro_talk(id: str) -> look.Talk:
    """One talk; that its sign-up was looked at is written down."""
    talk = look.get_talk(g.actor, id)
    looks.note_look(g.actor, talk.signup_id, talk.organisation_id, "api")
    return talk


@api.list_route(
    "/plaatsingen", schemas.PlacementSchema, query=schemas.PlacementsQuery,
    description="Plaatsingen in groepen opvragen. De oudste staat vooraan.",
)  # fmt: skip
@requires_key(*ROLES)
def list_placements(**asked: Any) -> list[look.Place]:
    """Places given by the organisations of this key."""
    looks.note_list(g.actor, "api")
    return look.page_placements(g.actor, **asked)


@api.get_route("/plaatsingen/<uuid:id>", schemas.PlacementSchema, description="Eén plaatsing opvragen.")
@requires_key(*ROLES)
def read_placement(id: str) -> look.Place:
    """One place; that its sign-up was looked at is written down."""
    place = look.get_placement(g.actor, id)
    looks.note_look(g.actor, place.signup_id, place.organisation_id, "api")
    return place
