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


def list_groups(organisation_id: str) -> list[GroupView]:
    """Return the groups that have not ended, by name."""
    rows = Group.select().where(Group.organisation_id == organisation_id, Group.state != "ended")
    return view_groups(rows.order_by(Group.name))


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
    for row in Membership.select().where(Membership.group_id.in_(ids), Membership.state == "active"):
        members[row.group_id].add(row.participant_id)
    is_open = Placement.state.in_(sorted(placements.OPEN_STATES))
    for row in Placement.select().where(Placement.group_id.in_(ids), is_open):
        placed[row.group_id].add(row.participant_id)
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
        Meeting.select()
        .where(Meeting.group_id.in_(group_ids), Meeting.state == "planned", Meeting.on >= clock.today())
        .order_by(Meeting.on, Meeting.at)
    )
    ahead: dict[str, list[Start]] = {}
    for row in rows:
        if clock.instant(row.on, row.at, row.zone) > clock.now():
            ahead.setdefault(row.group_id, []).append(Start(row.on, row.at))
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
