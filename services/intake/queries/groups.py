"""Groups as somebody new sees them: free places and the first day to start."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time

from services.intake.models import Group, Meeting, Membership, Placement
from services.intake.rules import placements
from shared import clock
from shared.errors import GiveUp

# So many can be chosen from at a glance; of more one would have to search.
MOST_NAMED = 40


@dataclass(frozen=True)
class Start:
    """The day on which somebody new may start; `at` is empty as long as no meeting is planned."""

    on: date
    at: time | None


@dataclass(frozen=True)
class Taken:
    """Participants who hold a place: members, and those whose place waits for the group's answer."""

    members: frozenset[str] = frozenset()
    placed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class GroupView:
    """A group that may be suggested; `places_left` is empty when there is no maximum."""

    id: str
    name: str
    weekday: int | None
    at: time | None
    venue_name: str
    venue_address: str
    audience: str
    language: str
    start: Start | None
    places_left: int | None


def list_names(
    organisation_id: str, *, near: str | None = None, also: Iterable[str] = ()
) -> list[tuple[str, str]]:
    """Return (id, name) of groups that have not ended, by name; of many those `near`, and `also` these."""
    rows = Group.select(Group.id, Group.name).where(
        Group.organisation_id == organisation_id, Group.state != "ended"
    )
    first = [Group.id.in_(sorted(also)).desc()] if also else []
    if near:
        first += [Group.area.startswith(near[:digits]).desc() for digits in range(len(near), 1, -1)]
    named = rows.order_by(*first, Group.name, Group.id).limit(MOST_NAMED)
    return sorted(named.tuples(), key=lambda row: row[1].casefold())


def view_groups(rows: Iterable[Group]) -> list[GroupView]:
    """Return these groups with their free places and first day to start, in four more statements."""
    groups = list(rows)
    taken, starts = count_taken([group.id for group in groups]), find_starts(groups)
    return [_view(group, taken[group.id], starts[group.id]) for group in groups]


def find_group(group_id: str | None) -> GroupView | None:
    """Return one group as somebody new sees it; None when it is not known."""
    return next(iter(view_groups(Group.select().where(Group.id == group_id))), None)


def names_of(group_ids: Iterable[str]) -> dict[str, str]:
    """Return id -> name of these groups; one that is not known yet is missing."""
    return {row.id: row.name for row in Group.select().where(Group.id.in_(list(group_ids)))}


def is_group_of(organisation_id: str, group_id: str) -> bool:
    """Return whether the group is of this organisation."""
    return Group.get_or_none(Group.id == group_id, Group.organisation_id == organisation_id) is not None


def count_taken(group_ids: Iterable[str]) -> dict[str, Taken]:
    """Return who holds a place in each of these groups."""
    ids = list(group_ids)
    members: dict[str, set[str]] = {key: set() for key in ids}
    placed: dict[str, set[str]] = {key: set() for key in ids}
    rows = Membership.select(Membership.group_id, Membership.participant_id).where(Membership.state == "active")
    for group_id, participant_id in rows.where(Membership.group_id.in_(ids)).tuples():
        members[group_id].add(participant_id)
    is_open = Placement.state.in_(sorted(placements.OPEN_STATES))
    rows = Placement.select(Placement.group_id, Placement.participant).where(is_open)
    for group_id, participant_id in rows.where(Placement.group_id.in_(ids)).tuples():
        placed[group_id].add(participant_id)
    return {key: Taken(frozenset(members[key]), frozenset(placed[key])) for key in ids}


def find_starts(groups: Iterable[Group]) -> dict[str, Start | None]:
    """Return the first meeting that somebody new may come to, per group; None when there is none to come to."""
    rows = list(groups)
    ahead = _meetings_ahead([row.id for row in rows])
    return {row.id: _start(row, ahead.get(row.id, [])) for row in rows}


def _start(group: Group, ahead: list[Start]) -> Start | None:
    entry_on = None
    # A group whose rules make no sense must not take the others down with it: it has no day to start.
    with contextlib.suppress(GiveUp):
        entry_on = placements.first_entry_on(
            group.admission, group.interval_weeks, group.first_meeting_on, clock.today()
        )
    if entry_on is None:
        return None
    return next((start for start in ahead if start.on >= entry_on), Start(entry_on, None))


def _meetings_ahead(group_ids: list[str]) -> dict[str, list[Start]]:
    rows = (
        Meeting.select(Meeting.group_id, Meeting.on, Meeting.at, Meeting.zone)
        .where(Meeting.group_id.in_(group_ids), Meeting.state == "planned", Meeting.on >= clock.today())
        .order_by(Meeting.on, Meeting.at)
    )
    ahead: dict[str, list[Start]] = {}
    now, today = clock.now(), clock.today()
    for group_id, on, at, zone in rows.tuples():
        if on > today or clock.instant(on, at, zone) > now:
            ahead.setdefault(group_id, []).append(Start(on, at))
    return ahead


def _view(group: Group, taken: Taken, start: Start | None) -> GroupView:
    left = placements.places_left(group.max_size, taken.members, taken.placed)
    return GroupView(
        id=group.id,
        name=group.name,
        weekday=group.weekday,
        at=group.at,
        venue_name=group.venue_name,
        venue_address=group.venue_address,
        audience=group.audience,
        language=group.language,
        start=start,
        places_left=left,
    )
