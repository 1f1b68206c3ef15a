"""The JSON API of questionnaires: numbers for each group; who filled in what does not go out."""

from __future__ import annotations

from flask import g
from marshmallow import fields

from services.questionnaires.queries.counts import ROLES, GroupCounts, get_group, page_groups
from shared.security.access import requires_key
from shared.web.api import Resources
from shared.web.api_document import About
from shared.web.api_fields import UUID, Integer
from shared.web.api_schemas import ResponseSchema

api = Resources(
    "vragenlijsten",
    About(
        "Houvast: vragenlijsten",
        "Hoeveel vragenlijsten er per groep openstaan, ingevuld en verlopen zijn. Wie iets invulde en wat iemand"
        " antwoordde, is hier niet op te vragen.",
        "1.0.0",
    ),
)


class SplitResponse(ResponseSchema):
    """What became of the lists."""

    resource = "Verdeling"
    open = Integer(metadata={"description": "Nog in te vullen of half ingevuld."})
    completed = Integer(data_key="ingevuld", metadata={"description": "Ingevuld."})
    expired = Integer(data_key="verlopen", metadata={"description": "Niet op tijd ingevuld."})


class ListResponse(ResponseSchema):
    """One list in one group."""

    resource = "Lijsttelling"
    key = fields.String(data_key="vragenlijst", metadata={"description": "Het vaste woord voor de lijst."})
    title = fields.String(data_key="titel", metadata={"description": "Hoe de lijst heet."})
    asked = Integer(
        data_key="gevraagd",
        metadata={"description": "Hoeveel mensen gevraagd zijn. Wat is ingetrokken, telt niet mee."},
    )
    split = fields.Nested(
        SplitResponse,
        data_key="verdeling",
        allow_none=True,
        metadata={"description": "Wat daarvan kwam; null zolang het minder dan vier mensen zijn."},
    )


class MeasurementsResponse(ResponseSchema):
    """The measurements of one group, counted."""

    resource = "Metingen"
    id = UUID(data_key="groepId", metadata={"description": "Van welke groep."})
    organisation_id = UUID(data_key="organisatieId", metadata={"description": "Van welke organisatie."})
    lists = fields.List(
        fields.Nested(ListResponse),
        data_key="lijsten",
        metadata={"description": "Elke lijst die de groep koos of gebruikte."},
    )


@api.list_route("/metingen", MeasurementsResponse, description="De aantallen metingen van elke groep opvragen.")
@requires_key(*ROLES)
def list_measurements(*, after: str | None, limit: int) -> list[GroupCounts]:
    """Return the numbers of the groups of the organisations of this key."""
    return page_groups(g.actor, after=after, limit=limit)


@api.get_route(
    "/metingen/<uuid:id>", MeasurementsResponse, description="De aantallen metingen van één groep opvragen."
)
@requires_key(*ROLES)
def read_measurements(id: str) -> GroupCounts:
    """Return the numbers of one group."""
    return get_group(g.actor, id)
