"""What other systems may look up: groups, meetings, memberships and numbers, oldest first."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from peewee import JOIN, fn

from services.meetings.models import Group, Meeting, Membership, Venue
from services.meetings.queries import rhythm
from services.meetings.queries.changes import other_places
from services.meetings.queries.expected import marks_of
from services.meetings.queries.kinds import get_kind, rules_in_force
from services.meetings.queries.meetings import COUNTED
from services.meetings.queries.rhythm import NextMeeting, Rhythm
from services.meetings.queries.scope import find_group, find_meeting
from services.meetings.rules import people
from services.meetings.rules.series import span
from shared.errors import NotFound
from shared.security.actor import Actor, within

# Whoever works for an organisation may see its groups and meetings, but not who belongs or how many came.
ROLES = tuple(sorted(people.ROLES))
MEMBER_ROLES = (people.COORDINATOR, people.FACILITATOR)
PRESENCE_ROLES = (people.FACILITATOR,)
TURNOUT_ROLES = (people.COORDINATOR, people.FACILITATOR, people.MANAGER)


@dataclass(frozen=True)
class Place:
    """Where a group meets; the exact address stays with the group."""

    name: str
    area: str
    features: tuple[str, ...]


@dataclass(frozen=True)
class GroupRow:
    """One group without its people. `max_size` is None without a maximum."""

    id: str
    organisation_id: str
    name: str
    kind_label: str
    state: str
    admission: str
    audience: str
    language: str
    members: int
    max_size: int | None
    themes: tuple[str, ...]
    venue: Place | None
    rhythm: Rhythm | None
    next_meeting: NextMeeting | None


@dataclass(frozen=True)
class MeetingRow:
    """One meeting; on, at in the wall time of its zone."""

    id: str
    organisation_id: str
    group_id: str
    kind: str
    state: str
    on: date
    at: time
    zone: str
    minutes: int
    starts_at: datetime
    ends_at: datetime
    other_place: str | None


@dataclass(frozen=True)
class MembershipRow:
    """One stay of one person in one group."""

    id: str
    organisation_id: str
    group_id: str
    participant_id: str
    placement_id: str | None
    state: str
    starts_on: date
    ended_on: date | None


@dataclass(frozen=True)
class TurnoutRow:
    """The numbers of one meeting; None until it is closed."""

    meeting_id: str
    closed_at: datetime | None
    members: int | None
    present: int | None
    excused: int | None
    absent: int | None
    not_recorded: int | None
    unnamed: int | None


@dataclass(frozen=True)
class PresenceRow:
    """How one member is marked at one meeting; the id is that of the membership."""

    id: str
    meeting_id: str
    mark: str


@dataclass(frozen=True)
class CountRow:
    """How many are at one meeting now; the id is that of the meeting."""

    id: str
    people: int
    unnamed: int


def page_groups(actor: Actor, *, after: str | None, limit: int, state: str | None) -> list[GroupRow]:
    """The next groups after this id, ended ones too, in a constant number of statements."""
    rows = _page(actor, Group, ROLES, after, limit, state)
    return list(_groups(list(rows.select_extend(Venue).join(Venue, JOIN.LEFT_OUTER))))


def get_group(actor: Actor, group_id: str) -> GroupRow:
    """One group of the actor's organisations. NotFound, Forbidden."""
    return next(iter(_groups([find_group(actor, group_id)])))


def page_meetings(
    actor: Actor, *, after: str | None, limit: int, state: str | None, group_id: str | None,
    from_day: date | None, until: date | None,
) -> list[MeetingRow]:  # fmt: skip
    """The next meetings after this id, of one group or from one day up to and including another when given."""
    rows = _page(actor, Meeting, ROLES, after, limit, state)
    if group_id is not None:
        rows = rows.where(Meeting.group == group_id)
    if from_day is not None:
        rows = rows.where(Meeting.on >= from_day)
    if until is not None:
        rows = rows.where(Meeting.on <= until)
    return list(_meetings(list(rows)))


def get_meeting(actor: Actor, meeting_id: str) -> MeetingRow:
    """One meeting of the actor's organisations. NotFound, Forbidden."""
    return next(iter(_meetings([find_meeting(actor, meeting_id)])))


def get_turnout(actor: Actor, meeting_id: str) -> TurnoutRow:
    """How many were at a meeting, never who. NotFound, Forbidden."""
    row = find_meeting(actor, meeting_id, people.may_see_turnout)
    return TurnoutRow(row.id, row.closed_at, *(getattr(row, f"total_{name}") for name in COUNTED))


def page_presence(actor: Actor, meeting_id: str, *, after: str | None, limit: int) -> list[PresenceRow]:
    """The next members after this one, with how they are marked. NotFound, Forbidden."""
    return [row for row in _presence(actor, meeting_id) if row.id > (after or "")][:limit]


def get_presence(actor: Actor, meeting_id: str, membership_id: str) -> PresenceRow:
    """How one member is marked. NotFound, Forbidden."""
    for row in _presence(actor, meeting_id):
        if row.id == membership_id:
            return row
    raise NotFound()


def get_count(actor: Actor, meeting_id: str) -> CountRow:
    """How many are there, with and without a name. NotFound, Forbidden."""
    row = find_meeting(actor, meeting_id, people.may_see_attendance)
    present = sum(one.mark == "present" for one in marks_of(row))
    return CountRow(row.id, present + row.headcount_unnamed, row.headcount_unnamed)


def page_memberships(
    actor: Actor, *, after: str | None, limit: int, state: str | None, group_id: str | None
) -> list[MembershipRow]:
    """The next memberships after this id, of one group when that is given; without names."""
    rows = _page(actor, Membership, MEMBER_ROLES, after, limit, state)
    if group_id is not None:
        rows = rows.where(Membership.group == group_id)
    return [
        MembershipRow(
            row.id, row.organisation_id, row.group_id, row.participant_id, row.placement_id, row.state,
            row.starts_on, row.ended_on,
        )
        for row in rows
    ]  # fmt: skip


def list_organisations(actor: Actor) -> list[str]:
    """The ids of the organisations whose memberships this actor may see."""
    return sorted(actor.organisations(*MEMBER_ROLES))


def _presence(actor: Actor, meeting_id: str) -> list[PresenceRow]:
    row = find_meeting(actor, meeting_id, people.may_see_attendance)
    return [PresenceRow(one.membership.id, row.id, one.mark) for one in marks_of(row)]


def _page(
    actor: Actor, table: Any, roles: Collection[str], after: str | None, limit: int, state: str | None
) -> Any:
    rows = table.select().where(within(actor, table.organisation, roles), table.id > (after or ""))
    rows = rows.order_by(table.id).limit(limit)
    return rows if state is None else rows.where(table.state == state)


def _groups(rows: Collection[Group]) -> Iterable[GroupRow]:
    ids = [row.id for row in rows]
    rhythms, coming, members = rhythm.rhythms_of(ids), rhythm.next_meetings_of(ids), _members(ids)
    for row in rows:
        rules, venue = rules_in_force(row.kind, row.overrides), row.venue
        yield GroupRow(
            id=row.id, organisation_id=row.organisation_id, name=row.name, kind_label=get_kind(row.kind).label,
            state=row.state, admission=str(rules.admission), audience=str(rules.audience),
            language=str(rules.language), members=members.get(row.id, 0), max_size=rules.max_size,
            themes=tuple(row.themes), rhythm=rhythms.get(row.id), next_meeting=coming.get(row.id),
            venue=Place(venue.name, venue.area, tuple(venue.features)) if venue else None,
        )  # fmt: skip


def _members(group_ids: Collection[str]) -> dict[str, int]:
    rows = (
        Membership.select(Membership.group, fn.COUNT(Membership.id))
        .where(Membership.group.in_(sorted(group_ids)), Membership.state == "active")
        .group_by(Membership.group)
    )
    return dict(rows.tuples())


def _meetings(rows: Collection[Meeting]) -> Iterable[MeetingRow]:
    places = other_places([row.id for row in rows])
    for row in rows:
        starts_at, ends_at = span(row.on, row.at, row.minutes, row.zone)
        place = places.get(row.id)
        yield MeetingRow(
            row.id, row.organisation_id, row.group_id, row.kind, row.state, row.on, row.at, row.zone, row.minutes,
            starts_at, ends_at, None if place is None else place.name,
        )  # fmt: skip
