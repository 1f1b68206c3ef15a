"""Placements in groups, for other systems."""

from __future__ import annotations

from flask import g

from services.intake.api import api, codes
from services.intake.commands.access_log import log_list_access, log_signup_access
from services.intake.queries.placements import PlacementView, get_placement, page_placements
from services.intake.queries.scope import ROLES
from shared.security.access import requires_key
from shared.web.api_fields import UUID, Choice, Date, Instant, absent
from shared.web.api_schemas import PageQuery, ResponseSchema


class PlacementResponse(ResponseSchema):
    """A place in a group."""

    resource = "Plaatsing"
    id = UUID(metadata={"description": "Het kenmerk van de plaatsing."})
    organisation_id = UUID(data_key="organisatieId", metadata={"description": "Van welke organisatie."})
    signup_id = UUID(data_key="aanmeldingId", metadata={"description": "Bij welke aanmelding."})
    participant_id = UUID(data_key="deelnemerId", metadata={"description": "Wie de plek krijgt."})
    group_id = UUID(data_key="groepId", metadata={"description": "In welke groep."})
    starts_on = Date(data_key="eersteDag", metadata={"description": "De eerste dag in de groep."})
    state = Choice(codes.PLACEMENT_STATES, data_key="status", metadata={"description": "Wat er van de plek kwam."})
    placed_at = Instant(data_key="geplaatstOp", metadata={"description": "Wanneer de plek gegeven is."})


class PlacementFilters(PageQuery):
    """Which places."""

    state = Choice(
        codes.PLACEMENT_STATES,
        data_key="status",
        load_default=absent,
        metadata={"description": "Alleen met deze status."},
    )
    signup_id = UUID(
        data_key="aanmeldingId", load_default=absent, metadata={"description": "Alleen bij deze aanmelding."}
    )
    group_id = UUID(data_key="groepId", load_default=absent, metadata={"description": "Alleen in deze groep."})


@api.list_route(
    "/plaatsingen",
    PlacementResponse,
    query=PlacementFilters,
    description="Plaatsingen in groepen opvragen. De oudste staat vooraan.",
)
@requires_key(*ROLES)
def list_placements(
    *, after: str | None, limit: int, state: str | None, signup_id: str | None, group_id: str | None
) -> list[PlacementView]:
    """Return placements by the organisations of this key."""
    log_list_access(g.actor, "api")
    return page_placements(g.actor, after=after, limit=limit, state=state, signup_id=signup_id, group_id=group_id)


@api.get_route("/plaatsingen/<uuid:id>", PlacementResponse, description="Eén plaatsing opvragen.")
@requires_key(*ROLES)
def read_placement(id: str) -> PlacementView:
    """Return one placement; log that its sign-up was read."""
    place = get_placement(g.actor, id)
    log_signup_access(g.actor, place.signup_id, place.organisation_id, "api")
    return place
