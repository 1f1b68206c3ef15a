"""The JSON API: memberships, by opaque id."""

from __future__ import annotations

from flask import g

from services.meetings.api import api
from services.meetings.commands import access_log
from services.meetings.queries.memberships import MembershipResource, list_organisation_ids, page_memberships
from services.meetings.queries.scope import MEMBER_ROLES
from shared.security.access import requires_key
from shared.web.api_fields import UUID, Choice, Date, absent
from shared.web.api_schemas import PageQuery, ResponseSchema

MEMBERSHIP_STATES = {"active": "actief", "paused": "gepauzeerd", "ended": "gestopt"}


class MembershipResponse(ResponseSchema):
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


class MembershipsFilter(PageQuery):
    """Which memberships."""

    state = Choice(
        MEMBERSHIP_STATES,
        data_key="status",
        load_default=absent,
        metadata={"description": "Alleen met deze status."},
    )
    group_id = UUID(data_key="groepId", load_default=absent, metadata={"description": "Alleen in deze groep."})


@api.list_route(
    "/deelnames",
    MembershipResponse,
    query=MembershipsFilter,
    description="Opvragen wie er in welke groep meedoet, zonder naam. De oudste deelname staat vooraan.",
)
@requires_key(*MEMBER_ROLES)
def list_memberships(
    *, after: str | None, limit: int, state: str | None, group_id: str | None
) -> list[MembershipResource]:
    """Return memberships in the organisations of this key; the access is logged."""
    for organisation_id in list_organisation_ids(g.actor):
        access_log.log_access(
            g.actor, about_kind="membership", about_id="list", organisation_id=organisation_id, purpose="api"
        )
    return page_memberships(g.actor, after=after, limit=limit, state=state, group_id=group_id)
