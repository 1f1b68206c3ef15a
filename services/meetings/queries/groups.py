"""Groups, for staff and for other systems: the list, and one group with its rules and facilitators."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from peewee import JOIN, Case, ModelSelect, Value, fn

from services.meetings.models import PLANNED, Group, GroupFacilitator, Meeting, Membership, Organisation, Venue
from services.meetings.queries.kinds import get_kind, rules_in_force
from services.meetings.queries.scope import STAFF_ROLES, find_group, ids_led_by, known_to, leads, page_rows
from services.meetings.queries.series import NextMeeting, Rhythm, last_turnouts_of, next_meetings_of, rhythms_of
from services.meetings.queries.staff import names_of
from services.meetings.queries.venues import VenueView, view_venue
from services.meetings.rules import groups, permissions
from services.meetings.rules.kinds import as_data
from shared import clock
from shared.security.actor import Actor


@dataclass(frozen=True)
class Leader:
    """Somebody who leads a group, as its `first` or as `co`."""

    staff_id: str
    name: str
    place: str


@dataclass(frozen=True)
class GroupSummary:
    """One group in a list. `places_left` is None without a maximum; `keeps_names` is False for headcount only.

    turnouts  how many came to each of its last meetings, oldest first; empty for who may not see numbers
    """

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
    leaders: tuple[Leader, ...]
    turnouts: tuple[int, ...]

    @property
    def places_left(self) -> int | None:
        """Return how many more can join; None without a maximum."""
        return None if self.max_size is None else max(0, self.max_size - self.members)


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


@dataclass(frozen=True)
class GroupFilter:
    """Which groups; everything may be left empty.

    name, place  part of the name, or of where it meets (there also the beginning of a postcode)
    leader_id    who leads it
    lacks        "facilitator" or "meetings": what it lacks
    until        no group with an id above this one
    """

    name: str = ""
    kind: str = ""
    organisation_id: str = ""
    place: str = ""
    leader_id: str = ""
    lacks: str = ""
    until: str = ""


ANY_GROUP = GroupFilter()


def list_groups(
    actor: Actor, wanted: GroupFilter = ANY_GROUP, *, limit: int | None = None, offset: int = 0
) -> list[GroupSummary]:
    """Return groups that have not ended, of the actor's organisations; those that they lead come first.

    Always the same number of queries, however many groups there are.
    """
    led = ids_led_by(actor)
    own_first = Case(None, [(Group.id.in_(sorted(led)), 0)], 1) if led else Value(0)
    ids = _groups(actor, wanted).order_by(own_first, fn.LOWER(Group.name), Group.id).limit(limit).offset(offset)
    # The ids first, so that only rows that are shown are read whole.
    in_order = {group_id: number for number, (group_id,) in enumerate(ids.tuples())}
    rows = list(
        Group.select(Group, Venue, Organisation)
        .join(Venue, JOIN.LEFT_OUTER)
        .switch(Group)
        .join(Organisation)
        .where(Group.id.in_(sorted(in_order)))
    )
    summaries = _summaries(rows, led, actor)
    return sorted(summaries, key=lambda row: in_order[row.id])


def count_groups(actor: Actor, wanted: GroupFilter = ANY_GROUP) -> int:
    """Return how many groups `list_groups` has in all."""
    number: int = _groups(actor, wanted).count()
    return number


def _groups(actor: Actor, wanted: GroupFilter) -> ModelSelect[Group]:
    rows = Group.select(Group.id).where(known_to(actor, Group.organisation), Group.state != "ended")
    if wanted.until:
        rows = rows.where(Group.id <= wanted.until)
    if wanted.name:
        rows = rows.where(Group.name.contains(wanted.name))
    if wanted.kind:
        rows = rows.where(Group.kind == wanted.kind)
    if wanted.organisation_id:
        rows = rows.where(Group.organisation == wanted.organisation_id)
    if wanted.place:
        rows = rows.join(Venue).where(Venue.name.contains(wanted.place) | Venue.area.startswith(wanted.place))
    if wanted.leader_id:
        led = GroupFacilitator.select(GroupFacilitator.group).where(GroupFacilitator.staff == wanted.leader_id)
        rows = rows.where(Group.id.in_(led))
    if wanted.lacks == "facilitator":
        rows = rows.where(~fn.EXISTS(GroupFacilitator.select().where(GroupFacilitator.group == Group.id)))
    if wanted.lacks == "meetings":
        coming = Meeting.select().where(Meeting.group == Group.id, PLANNED, Meeting.on >= clock.today())
        rows = rows.where(~fn.EXISTS(coming))
    return rows


def get_group(actor: Actor, group_id: str) -> GroupView:
    """Return one group of the actor's organisations. NotFound, Forbidden."""
    row = find_group(actor, group_id)
    is_led = leads(actor, row)
    (summary,) = _summaries([row], frozenset([row.id]) if is_led else frozenset(), actor)
    rules, kind = rules_in_force(row.kind, row.overrides), get_kind(row.kind)
    leaders = summary.leaders
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


def _summaries(rows: Collection[Group], led: frozenset[str], actor: Actor) -> Iterable[GroupSummary]:
    ids = [row.id for row in rows]
    rhythms, coming, counts = rhythms_of(ids), next_meetings_of(ids), _member_counts(ids)
    leaders = _leaders_of(ids)
    counted = [row.id for row in rows if _sees_turnout(actor, row, row.id in led)]
    turnouts = last_turnouts_of(counted) if counted else {}
    for row in rows:
        rules = rules_in_force(row.kind, row.overrides)
        yield GroupSummary(
            id=row.id, name=row.name, organisation_id=row.organisation_id, organisation_name=row.organisation.name,
            state=row.state, kind=row.kind, kind_label=get_kind(row.kind).label,
            venue_name=row.venue.name if row.venue else None, rhythm=rhythms.get(row.id),
            next_meeting=coming.get(row.id), members=counts.get(row.id, 0), max_size=rules.max_size,
            keeps_names=rules.identity != "headcount", is_led=row.id in led, leaders=leaders.get(row.id, ()),
            turnouts=turnouts.get(row.id, ()),
        )  # fmt: skip


def _sees_turnout(actor: Actor, group: Group, is_led: bool) -> bool:
    return permissions.may_see_turnout(actor.roles_in(group.organisation_id), is_led)


def _member_counts(group_ids: Collection[str]) -> dict[str, int]:
    rows = (
        Membership.select(Membership.group, fn.COUNT(Membership.id).alias("number"))
        .where(Membership.group.in_(sorted(group_ids)), Membership.state == "active")
        .group_by(Membership.group)
    )
    return {row.group_id: row.number for row in rows}


def _leaders_of(group_ids: Collection[str]) -> dict[str, tuple[Leader, ...]]:
    """Return group id -> who leads it, the first before the others, in two queries."""
    table = GroupFacilitator
    rows = list(
        table.select(table.group, table.staff, table.place).where(table.group.in_(sorted(group_ids))).tuples()
    )
    names, leaders = names_of(staff_id for _, staff_id, _ in rows), dict[str, list[Leader]]()
    for group_id, staff_id, place in rows:
        leaders.setdefault(group_id, []).append(Leader(staff_id, names[staff_id], place))
    return {
        group_id: tuple(sorted(of_group, key=lambda row: (row.place != "first", row.name.casefold())))
        for group_id, of_group in leaders.items()
    }


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
