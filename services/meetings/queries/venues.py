"""The venues of an organisation."""

from __future__ import annotations

from dataclasses import dataclass

from services.meetings.models import Venue
from services.meetings.queries.scope import known_to
from shared.security.actor import Actor


@dataclass(frozen=True)
class VenueView:
    """A venue."""

    id: str
    name: str
    address: str
    area: str
    features: tuple[str, ...]


def list_venues(actor: Actor, organisation_id: str) -> list[VenueView]:
    """Return the venues of one of the actor's organisations, by name."""
    rows = Venue.select().where(Venue.organisation == organisation_id, known_to(actor, Venue.organisation))
    return [view_venue(row) for row in rows.order_by(Venue.name)]


def view_venue(row: Venue) -> VenueView:
    """Return a row as plain values."""
    return VenueView(row.id, row.name, row.address, row.area, tuple(row.features))
