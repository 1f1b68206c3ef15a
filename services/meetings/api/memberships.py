"""The JSON API: memberships, by opaque id."""

from __future__ import annotations

from typing import Any

from flask import g

from services.meetings.api import api
from services.meetings.commands import access_log
from services.meetings.queries.memberships import MembershipResource, list_organisation_ids, page_memberships
from services.meetings.queries.scope import MEMBER_ROLES
from shared.security.access import requires_key
from shared.web.api_shapes import Day, Id, PageAsked, Told, Word, nothing

MEMBERSHIP_STATES = {"active": "actief", "paused": "gepauzeerd", "ended": "gestopt"}


class MembershipResponse(Told):
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


class MembershipsFilter(PageAsked):
    """Which memberships."""

    state = Word("status", "Alleen met deze status.", MEMBERSHIP_STATES, load_default=nothing)
    group_id = Id("groepId", "Alleen in deze groep.", load_default=nothing)


@api.many(
    "/deelnames", MembershipResponse, filters=MembershipsFilter,
    about="Opvragen wie er in welke groep meedoet, zonder naam. De oudste deelname staat vooraan.",
)  # fmt: skip
@requires_key(*MEMBER_ROLES)
def list_memberships(**query: Any) -> list[MembershipResource]:
    """Return memberships in the organisations of this key; that is logged."""
    for organisation_id in list_organisation_ids(g.actor):
        access_log.log_access(
            g.actor, about_kind="membership", about_id="list", organisation_id=organisation_id, purpose="api"
        )
    return page_memberships(g.actor, **query)
