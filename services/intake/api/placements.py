"""Places in groups for other systems."""

from __future__ import annotations

from typing import Any

from flask import g

from services.intake.api import codes
from services.intake.api.document import api
from services.intake.commands.access_log import log_list_access, log_signup_access
from services.intake.queries.placements import PlacementView, get_placement, page_placements
from services.intake.queries.scope import ROLES
from shared.security.access import requires_key
from shared.web.api_shapes import Day, Id, Moment, PageAsked, Told, Word, nothing


class PlacementResponse(Told):
    """A place in a group."""

    resource = "Plaatsing"
    id = Id("id", "Het kenmerk van de plaatsing.")
    organisation_id = Id("organisatieId", "Van welke organisatie.")
    signup_id = Id("aanmeldingId", "Bij welke aanmelding.")
    participant_id = Id("deelnemerId", "Wie de plek krijgt.")
    group_id = Id("groepId", "In welke groep.")
    starts_on = Day("eersteDag", "De eerste dag in de groep.")
    state = Word("status", "Wat er van de plek kwam.", codes.PLACEMENT_STATES)
    placed_at = Moment("geplaatstOp", "Wanneer de plek gegeven is.")


class PlacementFilters(PageAsked):
    """Which places."""

    state = Word("status", "Alleen met deze status.", codes.PLACEMENT_STATES, load_default=nothing)
    signup_id = Id("aanmeldingId", "Alleen bij deze aanmelding.", load_default=nothing)
    group_id = Id("groepId", "Alleen in deze groep.", load_default=nothing)


@api.many(
    "/plaatsingen", PlacementResponse, filters=PlacementFilters,
    about="Plaatsingen in groepen opvragen. De oudste staat vooraan.",
)  # fmt: skip
@requires_key(*ROLES)
def list_placements(**values: Any) -> list[PlacementView]:
    """Return places given by the organisations of this key."""
    log_list_access(g.actor, "api")
    return page_placements(g.actor, **values)


@api.one("/plaatsingen/<uuid:id>", PlacementResponse, about="Eén plaatsing opvragen.")
@requires_key(*ROLES)
def read_placement(id: str) -> PlacementView:
    """Return one place, and write down that its sign-up was looked at."""
    place = get_placement(g.actor, id)
    log_signup_access(g.actor, place.signup_id, place.organisation_id, "api")
    return place
