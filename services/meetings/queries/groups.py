"""Groups as staff see them: the list, and one group with its rules, leaders, members and meetings."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from peewee import JOIN, fn

from services.meetings.models import Group, GroupFacilitator, Meeting, Membership, Organisation, Venue
from services.meetings.queries import participants, rhythm
from services.meetings.queries import staff as look
from services.meetings.queries.kinds import get_kind, rules_in_force
from services.meetings.queries.meetings import MeetingLine, lines_of
from services.meetings.queries.rhythm import NextMeeting, Rhythm
from services.meetings.queries.scope import find_group, find_membership, ids_led_by, known_to, leads
from services.meetings.rules import people, standing
from services.meetings.rules.kinds import as_data
from shared import clock
from shared.errors import NotFound
from shared.security.actor import Actor

MEETINGS_SHOWN = 8


@dataclass(frozen=True)
class VenueView:
    """A place to meet."""

    id: str
    name: str
    address: str
    area: str
    features: tuple[str, ...]


@dataclass(frozen=True)
class GroupLine:
    """One group in a list. `places_left` is None without a maximum; `keeps_names` is False for headcount only."""

    id: str
    name: str
    organisation_id: str
    organisation_name: str
    state: str
    kind: str
    kind_label: str
    venue_name: str | None
    rhythm: Rhythm | None
    next_meeting: NextMeeting | None
    members: int
    max_size: int | None
    keeps_names: bool
    is_led: bool

    @property
    def places_left(self) -> int | None:
        """How many more can join."""
        return None if self.max_size is None else max(0, self.max_size - self.members)


@dataclass(frozen=True)
class Leader:
    """Somebody who leads a group, as its `first` or as `co`."""

    staff_id: str
    name: str
    place: str


@dataclass(frozen=True)
class GroupRights:
    """What this actor may do with this group."""

    see_members: bool
    change_members: bool
    plan: bool
    appoint: bool
    is_led: bool


@dataclass(frozen=True)
class GroupView:
    """One group, without its people. `rules` is plain data, as `group_changed` names them and a few more."""

    line: GroupLine
    kind_explanation: str
    kind_source: str
    venue: VenueView | None
    rules: dict[str, Any]
    overrides: frozenset[str]
    themes: tuple[str, ...]
    leaders: tuple[Leader, ...]
    lacks: tuple[str, ...]
    rights: GroupRights


@dataclass(frozen=True)
class MemberLine:
    """A member by call name. `is_unreachable` when no message from us arrives."""

    membership_id: str
    participant_id: str
    call_name: str
    starts_on: date
    is_unreachable: bool


@dataclass(frozen=True)
class Member:
    """One member, with where that is."""

    line: MemberLine
    group_name: str
    organisation_id: str


@dataclass(frozen=True)
class GroupMeetings:
    """What comes, soonest first, and what was, latest first."""

    coming: list[MeetingLine]
    past: list[MeetingLine]


def list_groups(actor: Actor, *, organisation_id: str | None = None, only_led: bool = False) -> list[GroupLine]:
    """Groups that have not ended, of the actor's organisations; those that they lead come first, then by name.

    Always the same number of looks, however many groups there are.
    """
    wanted = [known_to(actor, Group.organisation), Group.state != "ended"]
    if organisation_id is not None:
        wanted.append(Group.organisation == organisation_id)
    led = ids_led_by(actor)
    if only_led:
        wanted.append(Group.id.in_(sorted(led)))
    rows = list(
        Group.select(Group, Venue, Organisation)
        .join(Venue, JOIN.LEFT_OUTER)
        .switch(Group)
        .join(Organisation)
        .where(*wanted)
    )
    lines = _lines(rows, led)
    return sorted(lines, key=lambda one: (not one.is_led, one.name.casefold()))


def get_group(actor: Actor, group_id: str) -> GroupView:
    """One group of the actor's organisations. NotFound, Forbidden."""
    row = find_group(actor, group_id)
    is_led = leads(actor, row)
    (line,) = _lines([row], frozenset([row.id]) if is_led else frozenset())
    rules, kind = rules_in_force(row.kind, row.overrides), get_kind(row.kind)
    leaders = _leaders(row)
    return GroupView(
        line=line, kind_explanation=kind.explanation, kind_source=kind.source,
        venue=_venue(row.venue) if row.venue else None, rules=as_data(rules),
        overrides=frozenset(row.overrides), themes=tuple(row.themes), leaders=leaders,
        lacks=standing.lacks(
            has_meetings=line.next_meeting is not None, leaders=len(leaders), leaders_least=rules.leaders_least
        ),
        rights=_rights(actor, row, is_led),
    )  # fmt: skip


def list_members(actor: Actor, group_id: str) -> list[MemberLine]:
    """Who belongs to the group now, by call name; for who leads it and the coordinator. NotFound, Forbidden."""
    group = find_group(actor, group_id, people.may_see_members)
    rows = list(
        Membership.select().where(
            Membership.organisation == group.organisation_id, Membership.group == group_id,
            Membership.state == "active",
        )
    )  # fmt: skip
    return _members(rows)


def get_member(actor: Actor, group_id: str, membership_id: str) -> Member:
    """One member of this group, for who may say goodbye. NotFound, Forbidden."""
    row = find_membership(actor, membership_id, people.may_change_members)
    if row.group_id != group_id or row.state != "active":
        raise NotFound()
    return Member(_members([row])[0], row.group.name, row.organisation_id)


def list_meetings(actor: Actor, group_id: str) -> GroupMeetings:
    """The next and the last few meetings of a group; numbers only for who may see them. NotFound, Forbidden."""
    group = find_group(actor, group_id)
    shows_turnout = actor.kind == "system" or people.may_see_turnout(
        actor.roles_in(group.organisation_id), leads(actor, group)
    )
    mine = (Meeting.organisation == group.organisation_id) & (Meeting.group == group_id)
    today = clock.today()
    coming = Meeting.select().where(mine, Meeting.on >= today).order_by(Meeting.on, Meeting.at)
    past = Meeting.select().where(mine, Meeting.on < today).order_by(Meeting.on.desc(), Meeting.at.desc())
    return GroupMeetings(
        lines_of(coming.limit(MEETINGS_SHOWN), shows_turnout), lines_of(past.limit(MEETINGS_SHOWN), shows_turnout)
    )


def list_venues(actor: Actor, organisation_id: str) -> list[VenueView]:
    """The places of one of the actor's organisations, by name."""
    rows = Venue.select().where(Venue.organisation == organisation_id, known_to(actor, Venue.organisation))
    return [_venue(row) for row in rows.order_by(Venue.name)]


def _lines(rows: Collection[Group], led: frozenset[str]) -> Iterable[GroupLine]:
    ids = [row.id for row in rows]
    rhythms, coming, counts = rhythm.rhythms_of(ids), rhythm.next_meetings_of(ids), _member_counts(ids)
    for row in rows:
        rules = rules_in_force(row.kind, row.overrides)
        yield GroupLine(
            id=row.id, name=row.name, organisation_id=row.organisation_id, organisation_name=row.organisation.name,
            state=row.state, kind=row.kind, kind_label=get_kind(row.kind).label,
            venue_name=row.venue.name if row.venue else None, rhythm=rhythms.get(row.id),
            next_meeting=coming.get(row.id), members=counts.get(row.id, 0), max_size=rules.max_size,
            keeps_names=rules.identity != "headcount", is_led=row.id in led,
        )  # fmt: skip


def _member_counts(group_ids: Collection[str]) -> dict[str, int]:
    rows = (
        Membership.select(Membership.group, fn.COUNT(Membership.id).alias("number"))
        .where(Membership.group.in_(sorted(group_ids)), Membership.state == "active")
        .group_by(Membership.group)
    )
    return {row.group_id: row.number for row in rows}


def _leaders(group: Group) -> tuple[Leader, ...]:
    rows = list(
        GroupFacilitator.select().where(
            GroupFacilitator.organisation == group.organisation_id, GroupFacilitator.group == group.id
        )
    )
    names = look.names_of(row.staff_id for row in rows)
    found = [Leader(row.staff_id, names[row.staff_id], row.place) for row in rows]
    return tuple(sorted(found, key=lambda one: (one.place != "first", one.name.casefold())))


def _rights(actor: Actor, group: Group, is_led: bool) -> GroupRights:
    roles = actor.roles_in(group.organisation_id)
    return GroupRights(
        see_members=people.may_see_members(roles, is_led),
        change_members=people.may_change_members(roles, is_led), plan=people.may_plan_meetings(roles, is_led),
        appoint=people.may_appoint_facilitators(roles), is_led=is_led,
    )  # fmt: skip


def _members(rows: Collection[Membership]) -> list[MemberLine]:
    ids = [row.participant_id for row in rows]
    names, unreachable = participants.call_names_of(ids), participants.unreachable_among(ids)
    found = [
        MemberLine(
            row.id, row.participant_id, names.get(row.participant_id, "…"), row.starts_on,
            row.participant_id in unreachable,
        )
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.call_name.casefold())


def _venue(row: Venue) -> VenueView:
    return VenueView(row.id, row.name, row.address, row.area, tuple(row.features))
