"""Groups, for staff and for other systems: the list, and one group with its rules and facilitators."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from peewee import JOIN, fn

from services.meetings.models import Group, GroupFacilitator, Membership, Organisation, Venue
from services.meetings.queries.kinds import get_kind, rules_in_force
from services.meetings.queries.scope import STAFF_ROLES, find_group, ids_led_by, known_to, leads, page_rows
from services.meetings.queries.series import NextMeeting, Rhythm, next_meetings_of, rhythms_of
from services.meetings.queries.staff import names_of
from services.meetings.queries.venues import VenueView, view_venue
from services.meetings.rules import groups, permissions
from services.meetings.rules.kinds import as_data
from shared.security.actor import Actor


@dataclass(frozen=True)
class GroupSummary:
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
        """Return how many more can join; None without a maximum."""
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

    summary: GroupSummary
    kind_explanation: str
    kind_source: str
    venue: VenueView | None
    rules: dict[str, object]
    overrides: frozenset[str]
    themes: tuple[str, ...]
    leaders: tuple[Leader, ...]
    lacks: tuple[str, ...]
    rights: GroupRights


def list_groups(actor: Actor, *, organisation_id: str | None = None, only_led: bool = False) -> list[GroupSummary]:
    """Return groups that have not ended, of the actor's organisations; those that they lead come first.

    Always the same number of queries, however many groups there are.
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
    summaries = _summaries(rows, led)
    return sorted(summaries, key=lambda row: (not row.is_led, row.name.casefold()))


def get_group(actor: Actor, group_id: str) -> GroupView:
    """Return one group of the actor's organisations. NotFound, Forbidden."""
    row = find_group(actor, group_id)
    is_led = leads(actor, row)
    (summary,) = _summaries([row], frozenset([row.id]) if is_led else frozenset())
    rules, kind = rules_in_force(row.kind, row.overrides), get_kind(row.kind)
    leaders = _leaders(row)
    return GroupView(
        summary=summary,
        kind_explanation=kind.explanation,
        kind_source=kind.source,
        venue=view_venue(row.venue) if row.venue else None,
        rules=as_data(rules),
        overrides=frozenset(row.overrides),
        themes=tuple(row.themes),
        leaders=leaders,
        lacks=groups.lacks(
            has_meetings=summary.next_meeting is not None, leaders=len(leaders), leaders_least=rules.leaders_least
        ),
        rights=_rights(actor, row, is_led),
    )


def _summaries(rows: Collection[Group], led: frozenset[str]) -> Iterable[GroupSummary]:
    ids = [row.id for row in rows]
    rhythms, coming, counts = rhythms_of(ids), next_meetings_of(ids), _member_counts(ids)
    for row in rows:
        rules = rules_in_force(row.kind, row.overrides)
        yield GroupSummary(
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
    names = names_of(row.staff_id for row in rows)
    leaders = [Leader(row.staff_id, names[row.staff_id], row.place) for row in rows]
    return tuple(sorted(leaders, key=lambda row: (row.place != "first", row.name.casefold())))


def _rights(actor: Actor, group: Group, is_led: bool) -> GroupRights:
    roles = actor.roles_in(group.organisation_id)
    return GroupRights(
        see_members=permissions.may_see_members(roles, is_led),
        change_members=permissions.may_change_members(roles, is_led),
        plan=permissions.may_plan_meetings(roles, is_led),
        appoint=permissions.may_appoint_facilitators(roles),
        is_led=is_led,
    )


@dataclass(frozen=True)
class VenueResource:
    """Where a group meets; the exact address stays with the group."""

    name: str
    area: str
    features: tuple[str, ...]


@dataclass(frozen=True)
class GroupResource:
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
    venue: VenueResource | None
    rhythm: Rhythm | None
    next_meeting: NextMeeting | None


def page_groups(actor: Actor, *, after: str | None, limit: int, state: str | None) -> list[GroupResource]:
    """Return the next groups after this id, ended ones too, in a constant number of queries."""
    rows = page_rows(actor, Group, STAFF_ROLES, after, limit, state)
    return list(_group_resources(list(rows.select_extend(Venue).join(Venue, JOIN.LEFT_OUTER))))


def get_group_resource(actor: Actor, group_id: str) -> GroupResource:
    """Return one group of the actor's organisations for another system. NotFound, Forbidden."""
    return next(iter(_group_resources([find_group(actor, group_id)])))


def _group_resources(rows: Collection[Group]) -> Iterable[GroupResource]:
    ids = [row.id for row in rows]
    rhythms, coming, members = rhythms_of(ids), next_meetings_of(ids), _member_counts(ids)
    for row in rows:
        rules, venue = rules_in_force(row.kind, row.overrides), row.venue
        yield GroupResource(
            id=row.id, organisation_id=row.organisation_id, name=row.name, kind_label=get_kind(row.kind).label,
            state=row.state, admission=str(rules.admission), audience=str(rules.audience),
            language=str(rules.language), members=members.get(row.id, 0), max_size=rules.max_size,
            themes=tuple(row.themes), rhythm=rhythms.get(row.id), next_meeting=coming.get(row.id),
            venue=VenueResource(venue.name, venue.area, tuple(venue.features)) if venue else None,
        )  # fmt: skip
