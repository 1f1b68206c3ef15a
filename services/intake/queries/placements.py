"""Placements in groups, and what became of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from services.intake.models import Placement
from services.intake.queries import groups
from services.intake.queries.scope import find_placement, list_page
from services.intake.rules.placements import may_withdraw
from shared import clock
from shared.security.actor import Actor


@dataclass(frozen=True)
class PlacementView:
    """A placement."""

    id: str
    organisation_id: str
    signup_id: str
    participant_id: str
    group_id: str
    group_name: str
    starts_on: date
    state: str
    placed_at: datetime
    returned_because: str | None

    @property
    def may_withdraw(self) -> bool:
        """Return whether it was made so short ago that it may be taken back."""
        return may_withdraw(self.state, self.placed_at, clock.now())


def get_placement(actor: Actor, placement_id: str) -> PlacementView:
    """Return one placement; NotFound when there is none, or not for this actor."""
    return placement_views([find_placement(actor, placement_id)])[0]


def page_placements(
    actor: Actor, *, after: str | None, limit: int, state: str | None, signup_id: str | None, group_id: str | None
) -> list[PlacementView]:
    """Return the next placements after this id, of one sign-up or in one group when that is given."""
    rows = list_page(actor, Placement, after=after, limit=limit, state=state, signup=signup_id, group_id=group_id)
    return placement_views(rows)


def placement_views(rows: Iterable[Placement]) -> list[PlacementView]:
    """Return these placements with the names of their groups, in one more statement."""
    placements = list(rows)
    names = groups.names_of({row.group_id for row in placements})
    return [
        PlacementView(
            row.id,
            row.organisation_id,
            row.signup_id,
            row.participant_id,
            row.group_id,
            names.get(row.group_id, ""),
            row.starts_on,
            row.state,
            row.placed_at,
            row.returned_because,
        )
        for row in placements
    ]
