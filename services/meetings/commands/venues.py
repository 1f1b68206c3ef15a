"""Registering venues, and whether messages can name them."""

from __future__ import annotations

from collections.abc import Collection

from services.meetings.models import Group, Venue, service
from services.meetings.queries.kinds import rules_in_force
from services.meetings.queries.scope import find_organisation
from services.meetings.rules import permissions
from services.meetings.rules.meeting_changes import Place
from services.meetings.rules.venues import check_features
from shared.discretion import check_place
from shared.ids import new_id
from shared.security.actor import Actor


@service.command
def register_venue(
    actor: Actor,
    *,
    organisation_id: str,
    name: str,
    address: str,
    area: str,
    features: Collection[str] = (),
    request_id: str,
) -> str:
    """Register a venue; return its id. A known name returns that venue unchanged.

    area      the four digits of its postcode
    features  of `venues.FEATURES`
    Refused: feature_unknown.
    """
    find_organisation(actor, organisation_id, permissions.may_start_group)
    check_features(features)
    known = Venue.get_or_none(Venue.organisation == organisation_id, Venue.name == name)
    if known is not None:
        return str(known.id)
    venue = Venue.create(
        id=new_id(), organisation=organisation_id, name=name, address=address, area=area, features=sorted(features)
    )
    return str(venue.id)


def check_words(group: Group, place: Place | Venue) -> None:
    """Refuse a place whose name would hold back the messages to who takes part in a group.

    A group that keeps no names sends none. Refused: as `discretion.check_place`.
    """
    if rules_in_force(group.kind, group.overrides).identity != "headcount":
        check_place(place.name, place.address, names=(group.name, group.organisation.name))
