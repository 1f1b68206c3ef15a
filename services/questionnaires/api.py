"""The JSON API of questionnaires: numbers for each group; who filled in what does not go out."""

from __future__ import annotations

from typing import Any

from flask import g

from services.questionnaires.queries.counts import ROLES, GroupCounts, get_group, page_groups
from shared.security.access import requires_key
from shared.web.api import Resources
from shared.web.api_document import About
from shared.web.api_shapes import Id, Many, Number, Part, Text, Told, nested

api = Resources(
    "vragenlijsten",
    About(
        "Houvast: vragenlijsten",
        "Hoeveel vragenlijsten er per groep openstaan, ingevuld en verlopen zijn. Wie iets invulde en wat iemand"
        " antwoordde, is hier niet op te vragen.",
        "1.0.0",
    ),
)


class SplitResponse(Told):
    """What became of the lists."""

    resource = "Verdeling"
    open = Number("open", "Nog in te vullen of half ingevuld.")
    completed = Number("ingevuld", "Ingevuld.")
    expired = Number("verlopen", "Niet op tijd ingevuld.")


class ListResponse(Told):
    """One list in one group."""

    resource = "Lijsttelling"
    key = Text("vragenlijst", "Het vaste woord voor de lijst.")
    title = Text("titel", "Hoe de lijst heet.")
    asked = Number("gevraagd", "Hoeveel mensen gevraagd zijn. Wat is ingetrokken, telt niet mee.")
    split = Part(
        "verdeling", "Wat daarvan kwam; null zolang het minder dan vier mensen zijn.", SplitResponse,
        allow_none=True,
    )  # fmt: skip


class MeasurementsResponse(Told):
    """The measurements of one group, counted."""

    resource = "Metingen"
    id = Id("groepId", "Van welke groep.")
    organisation_id = Id("organisatieId", "Van welke organisatie.")
    lists = Many("lijsten", "Elke lijst die de groep koos of gebruikte.", nested(ListResponse))


@api.many("/metingen", MeasurementsResponse, about="De aantallen metingen van elke groep opvragen.")
@requires_key(*ROLES)
def list_measurements(**values: Any) -> list[GroupCounts]:
    """Return the numbers of the groups of the organisations of this key."""
    return page_groups(g.actor, **values)


@api.one("/metingen/<uuid:id>", MeasurementsResponse, about="De aantallen metingen van één groep opvragen.")
@requires_key(*ROLES)
def read_measurements(id: str) -> GroupCounts:
    """Return the numbers of one group."""
    return get_group(g.actor, id)
