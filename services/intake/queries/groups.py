"""Groups as somebody new sees them: what is free, when one may start, and which fit best."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time

from services.intake.models import Group, Meeting, Membership, Participant, Placement, Signup
from services.intake.rules import admission, matching, placement
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
    audience: str
    start: Start | None
    places_left: int | None


@dataclass(frozen=True)
class Suggested:
    """A group that fits, with why; a reason is (code, facts)."""

    group: GroupView
    reasons: tuple[tuple[str, Mapping[str, object]], ...]


@dataclass(frozen=True)
class Match:
    """The groups that fit, best first, and the names of the others by the one reason why not."""

    suggested: tuple[Suggested, ...]
    left_out: Mapping[str, tuple[str, ...]]


def match_groups(signup: Signup) -> Match:
    """Every group of the organisation, in six statements however many there are."""
    groups = {
        row.id: row
        for row in Group.select().where(Group.organisation_id == signup.organisation_id, Group.state != "ended")
    }
    taken, starts = count_taken(groups), find_starts(groups.values())
    views = {key: _view(group, taken[key], starts[key]) for key, group in groups.items()}
    offers = [_offer(groups[key], view) for key, view in views.items()]
    found = matching.best_groups(_wish(signup), offers, clock.today())
    left_out: dict[str, list[str]] = {}
    for left in found.left_out:
        left_out.setdefault(left.reason, []).append(groups[left.group_id].name)
    return Match(
        tuple(Suggested(views[one.group_id], tuple(one.reasons)) for one in found.suggested),
        {reason: tuple(names) for reason, names in left_out.items()},
    )


def list_groups(organisation_id: str) -> list[GroupView]:
    """Groups that have not ended, by name."""
    rows = Group.select().where(Group.organisation_id == organisation_id, Group.state != "ended")
    groups = {row.id: row for row in rows.order_by(Group.name)}
    taken, starts = count_taken(groups), find_starts(groups.values())
    return [_view(group, taken[key], starts[key]) for key, group in groups.items()]


def names_of(group_ids: Iterable[str]) -> dict[str, str]:
    """How these groups are called; one that was not heard of yet is missing."""
    return {row.id: row.name for row in Group.select().where(Group.id.in_(list(group_ids)))}


def is_group_of(organisation_id: str, group_id: str) -> bool:
    """Whether this organisation has such a group."""
    return Group.get_or_none(Group.id == group_id, Group.organisation_id == organisation_id) is not None


def count_taken(group_ids: Iterable[str]) -> dict[str, Taken]:
    """Who holds a place in each of these groups."""
    ids = list(group_ids)
    members: dict[str, set[str]] = {key: set() for key in ids}
    placed: dict[str, set[str]] = {key: set() for key in ids}
    for row in Membership.select().where(Membership.group_id.in_(ids), Membership.state == "active"):
        members[row.group_id].add(row.participant_id)
    is_open = Placement.state.in_(sorted(placement.OPEN_STATES))
    for row in Placement.select().where(Placement.group_id.in_(ids), is_open):
        placed[row.group_id].add(row.participant_id)
    return {key: Taken(frozenset(members[key]), frozenset(placed[key])) for key in ids}


def find_starts(groups: Iterable[Group]) -> dict[str, Start | None]:
    """The first meeting that somebody new may come to, per group; None when there is none to come to."""
    rows = list(groups)
    ahead = _meetings_ahead([row.id for row in rows])
    return {row.id: _start(row, ahead.get(row.id, [])) for row in rows}


def _start(group: Group, ahead: list[Start]) -> Start | None:
    entry_on = None
    # A group whose rules make no sense must not take the others down with it: it has no day to start.
    with contextlib.suppress(GiveUp):
        entry_on = admission.first_entry_on(
            group.admission, group.interval_weeks, group.first_meeting_on, clock.today()
        )
    if entry_on is None:
        return None
    return next((one for one in ahead if one.on >= entry_on), Start(entry_on, None))


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
    left = placement.places_left(group.max_size, taken.members, taken.placed)
    return GroupView(group.id, group.name, group.weekday, group.at, group.venue_name, group.audience, start, left)


def _offer(group: Group, view: GroupView) -> matching.GroupOffer:
    return matching.GroupOffer(
        group_id=group.id,
        name=group.name,
        audience=group.audience,
        admission=group.admission,
        next_entry_on=view.start.on if view.start else None,
        weekday=group.weekday,
        at=group.at,
        places_left=view.places_left,
        waiting_list=group.waiting_list,
        language=group.language,
        features=frozenset(group.features),
        area=group.area or None,
        themes=frozenset(group.themes),
        state=group.state,
    )


def _wish(signup: Signup) -> matching.Wish:
    participant = Participant.get_by_id(signup.participant_id)
    been = Membership.select(Membership.group_id).where(Membership.participant_id == signup.participant_id)
    return matching.Wish(
        audience=signup.audience,
        days=frozenset(signup.days),
        parts_of_day=frozenset(signup.parts_of_day),
        area=signup.area,
        language=participant.language,
        needs=frozenset(signup.needs),
        avoids=frozenset(signup.avoided_groups),
        themes=frozenset(signup.themes),
        tried=frozenset(row.group_id for row in been),
    )
