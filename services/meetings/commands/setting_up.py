"""A group with its place, leaders and rhythm in one go: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from services.meetings.commands.groups import appoint_facilitator, register_venue, start_group
from services.meetings.commands.series import schedule_series
from services.meetings.models import service
from shared.ids import new_id
from shared.security.actor import Actor


@dataclass(frozen=True)
class NewVenue:
    """A place that is not known yet; `area` is the four digits of its postcode."""

    name: str
    address: str
    area: str
    features: tuple[str, ...] = ()


@dataclass(frozen=True)
class NewRhythm:
    """The first day, and every so many weeks from then on, in Dutch wall time."""

    first_on: date
    at: time
    every_weeks: int
    minutes: int


@service.command
def set_up_group(
    actor: Actor, *, organisation_id: str, kind: str, name: str, overrides: Mapping[str, Any],
    venue: str | NewVenue | None, themes: Collection[str] = (), questionnaires: Collection[str] = (),
    facilitators: Mapping[str, str], rhythm: NewRhythm | None, request_id: str,
) -> str:  # fmt: skip
    """`start_group`, `appoint_facilitator` and `schedule_series` together; gives the id of the group.

    venue         an id, a new place, or None when that is not known yet
    facilitators  staff id -> "first" or "co"
    Refused: as those three.
    """
    if isinstance(venue, NewVenue):
        venue = register_venue(
            actor, organisation_id=organisation_id, name=venue.name, address=venue.address, area=venue.area,
            features=venue.features, request_id=new_id(),
        )  # fmt: skip
    group_id = start_group(
        actor, organisation_id=organisation_id, kind=kind, name=name, overrides=overrides, venue_id=venue,
        themes=themes,
        questionnaires=questionnaires, request_id=new_id(),
    )  # fmt: skip
    for staff_id, place in facilitators.items():
        appoint_facilitator(actor, group_id=group_id, staff_id=staff_id, place=place, request_id=new_id())
    if rhythm is not None:
        schedule_series(
            actor, group_id=group_id, first_on=rhythm.first_on, at=rhythm.at, every_weeks=rhythm.every_weeks,
            minutes=rhythm.minutes, request_id=new_id(),
        )  # fmt: skip
    return group_id
