"""How one meeting differs from what was planned, and whom no message reaches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time

from services.meetings.models import Group, Meeting, MeetingChange, MeetingPlace, Membership
from services.meetings.queries import participants
from services.meetings.queries.attendance import marks_of
from services.meetings.queries.call_offs import called_off_at
from services.meetings.queries.deliveries import CHANGES, failed_among, informed_among
from services.meetings.queries.kinds import rules_in_force
from services.meetings.queries.participants import not_reached_among
from services.meetings.queries.scope import find_meeting, leads, leads_meeting, meetings_led, stands_in
from services.meetings.queries.substitutes import substitute_names
from services.meetings.rules import meetings as rules
from services.meetings.rules import permissions
from services.meetings.rules.meeting_changes import Place
from services.meetings.rules.meetings import is_to_come
from services.meetings.rules.series import instant
from shared import clock
from shared.errors import or_not_found
from shared.security.actor import Actor, within


@dataclass(frozen=True)
class ChangeView:
    """One change; old_on and old_at are None unless the meeting was moved."""

    id: str
    meeting_id: str
    organisation_id: str
    kind: str
    old_on: date | None
    old_at: time | None
    at: datetime


@dataclass(frozen=True)
class MeetingStatus:
    """One meeting as it stands now, for whoever may change it and for whoever reads it.

    last         the latest change
    substitutes  (staff id, name) of its substitutes
    is_to_come   it has not begun: people can still be notified of a change
    may_plan     this actor may change it, as long as it is to come
    leads        this actor leads it, or is its substitute
    may_see_unreached  this actor may see whom no message reaches
    unreached    how many no message reaches; None for an actor who may not see numbers
    """

    meeting_id: str
    group_id: str
    group_name: str
    organisation_id: str
    on: date
    at: time
    minutes: int
    state: str
    usual_place: Place | None
    other_place: Place | None
    keeps_names: bool
    last: ChangeView | None
    substitutes: tuple[tuple[str, str], ...]
    is_to_come: bool
    may_plan: bool
    leads: bool
    may_see_unreached: bool
    expected: int
    unreached: int | None


@dataclass(frozen=True)
class UnreachedMember:
    """Somebody whom no message reaches, by call name."""

    membership_id: str
    call_name: str
    is_called_off: bool


@dataclass(frozen=True)
class Revision:
    """How often one meeting was changed, and when last."""

    number: int
    at: datetime


def get_meeting_status(actor: Actor, meeting_id: str) -> MeetingStatus:
    """Return one meeting of the actor's organisations. NotFound, Forbidden."""
    row = find_meeting(actor, meeting_id)
    roles, leads_group = actor.roles_in(row.organisation_id), leads(actor, row.group)
    is_led = leads_group or stands_in(actor, row)
    members = [member.membership for member in marks_of(row)]
    sees_numbers = permissions.may_see_turnout(roles, is_led)
    return MeetingStatus(
        meeting_id=row.id, group_id=row.group_id, group_name=row.group.name, organisation_id=row.organisation_id,
        on=row.on, at=row.at, minutes=row.minutes, state=row.state, usual_place=usual_place(row),
        other_place=other_place(row), last=last_change(row),
        keeps_names=rules_in_force(row.group.kind, row.group.overrides).identity != "headcount",
        substitutes=substitute_names(row), is_to_come=rules.is_to_come(row.state, starts_at(row), clock.now()),
        may_plan=permissions.may_plan_meetings(roles, leads_group), leads=is_led,
        may_see_unreached=permissions.may_see_members(roles, is_led), expected=len(members),
        unreached=len(_unreached(row, members)) if sees_numbers else None,
    )  # fmt: skip


def get_plannable(actor: Actor, meeting_id: str) -> MeetingStatus:
    """Return one meeting that the actor may change. NotFound, Forbidden."""
    find_meeting(actor, meeting_id, permissions.may_plan_meetings)
    return get_meeting_status(actor, meeting_id)


def list_unreached(actor: Actor, meeting_id: str) -> list[UnreachedMember]:
    """Return the members of that day whom nothing informed: for whoever leads it and the coordinator.

    Of a change that is everybody whom no message reaches, and of any meeting whom a message did not reach.

    NotFound, Forbidden.
    """
    row = find_meeting(actor, meeting_id)
    if not leads_meeting(actor, row):
        find_meeting(actor, meeting_id, permissions.may_see_members)
    everybody = [member.membership for member in marks_of(row)]
    unreached_ids = {member.id for member in _unreached(row, everybody)} if last_change(row) else set()
    unreached_ids |= {membership_id for _, membership_id in failed_among([row.id])}
    members = [member for member in everybody if member.id in unreached_ids]
    names = participants.distinct_names_of(member.participant_id for member in members)
    called_off = called_off_at(row)
    unreached = [
        UnreachedMember(member.id, names.get(member.participant_id, "…"), member.id in called_off)
        for member in members
    ]
    return sorted(unreached, key=lambda member: member.call_name.casefold())


def starts_at(meeting: Meeting) -> datetime:
    """Return the instant at which a meeting begins."""
    return instant(meeting.on, meeting.at, meeting.zone)


def usual_place(meeting: Meeting) -> Place | None:
    """Return where the group of this meeting meets."""
    venue = meeting.group.venue
    return None if venue is None else Place(venue.name, venue.address)


def other_place(meeting: Meeting) -> Place | None:
    """Return where this meeting is, when that is not where its group meets."""
    return other_places([meeting.id]).get(meeting.id)


def other_places(meeting_ids: Collection[str]) -> dict[str, Place]:
    """Return meeting id -> place, of meetings that are not where their group meets; in one query."""
    rows = MeetingPlace.select().where(MeetingPlace.meeting.in_(sorted(meeting_ids)))
    return {row.meeting_id: Place(row.name, row.address) for row in rows}


def revisions_of(meeting_ids: Collection[str]) -> dict[str, Revision]:
    """Return meeting id -> revision, of meetings that were changed; in one query."""
    rows = (
        MeetingChange.select(MeetingChange.meeting, MeetingChange.at)
        .where(MeetingChange.meeting.in_(sorted(meeting_ids)))
        .order_by(MeetingChange.id)
    )
    revisions: dict[str, Revision] = {}
    for row in rows:
        before = revisions.get(row.meeting_id)
        revisions[row.meeting_id] = Revision(1 if before is None else before.number + 1, row.at)
    return revisions


def last_change(meeting: Meeting) -> ChangeView | None:
    """Return the latest change of a meeting; None when it was never changed."""
    rows = MeetingChange.select().where(
        MeetingChange.organisation == meeting.organisation_id, MeetingChange.meeting == meeting.id
    )
    newest = rows.order_by(MeetingChange.id.desc()).first()
    return None if newest is None else _change_view(newest)


def get_change(actor: Actor, change_id: str) -> ChangeView:
    """Return one change, in the actor's organisations. NotFound."""
    row = or_not_found(
        MeetingChange.get_or_none(MeetingChange.id == change_id, within(actor, MeetingChange.organisation))
    )
    return _change_view(row)


def page_changes(actor: Actor, *, after: str | None, limit: int, meeting_id: str | None) -> list[ChangeView]:
    """Return the next changes after this id, of one meeting when that is given; oldest first."""
    rows = MeetingChange.select().where(
        within(actor, MeetingChange.organisation), MeetingChange.id > (after or "")
    )
    if meeting_id is not None:
        rows = rows.where(MeetingChange.meeting == meeting_id)
    return [_change_view(row) for row in rows.order_by(MeetingChange.id).limit(limit)]


def _unreached(meeting: Meeting, members: list[Membership]) -> list[Membership]:
    """Return whom no message reaches, or did not reach about this meeting, and nobody informed since."""
    unreached = not_reached_among(member.participant_id for member in members)
    failed, informed = failed_among([meeting.id], CHANGES), informed_among([meeting.id])
    return [
        member
        for member in members
        if (member.participant_id in unreached or (meeting.id, member.id) in failed)
        and (meeting.id, member.id) not in informed
    ]


def _change_view(row: MeetingChange) -> ChangeView:
    return ChangeView(row.id, row.meeting_id, row.organisation_id, row.kind, row.old_on, row.old_at, row.at)


@dataclass(frozen=True)
class MeetingToAnnounce:
    """A changed meeting that is still to come, and how many people no message reaches."""

    meeting_id: str
    group_name: str
    on: date
    is_cancelled: bool
    number: int


def list_meetings_to_announce(led: Collection[str], stood_in_for: Collection[str]) -> list[MeetingToAnnounce]:
    """Return changed meetings that somebody leads, as facilitator or substitute, in three queries.

    Only numbers: the names are on the page of the meeting.
    """
    meetings = _changed_meetings(led, stood_in_for)
    members = members_of({row.group_id for row in meetings})
    unreached = not_reached_among(member.participant_id for group in members.values() for member in group)
    ids = [row.id for row in meetings]
    failed, informed = failed_among(ids, CHANGES), informed_among(ids)
    to_announce = []
    for row in meetings:
        belong = [member for member in members[row.group_id] if belongs(member, row.on)]
        number = sum(
            (member.participant_id in unreached or (row.id, member.id) in failed)
            and (row.id, member.id) not in informed
            for member in belong
        )
        if number:
            to_announce.append(MeetingToAnnounce(row.id, row.group.name, row.on, row.state == "cancelled", number))
    return to_announce


def _changed_meetings(led: Collection[str], stood_in_for: Collection[str]) -> list[Meeting]:
    rows = (
        Meeting.select(Meeting, Group)
        .join(Group)
        .where(
            Meeting.id.in_(meetings_led(led, stood_in_for)),
            Meeting.state.in_(("planned", "cancelled")),
            Meeting.on >= clock.today(),
            Group.state != "ended",
            Meeting.id.in_(MeetingChange.select(MeetingChange.meeting)),
        )
        .order_by(Meeting.on, Meeting.at)
    )
    return [row for row in rows if is_to_come(row.state, starts_at(row), clock.now())]


def members_of(group_ids: Collection[str]) -> dict[str, list[Membership]]:
    """Return group id -> its memberships, also those that ended, in one query."""
    members: dict[str, list[Membership]] = defaultdict(list)
    for row in Membership.select().where(Membership.group.in_(sorted(group_ids))):
        members[row.group_id].append(row)
    return members


def belongs(member: Membership, on: date) -> bool:
    """Return whether this membership holds on a day."""
    return bool(member.starts_on <= on and (member.ended_on is None or member.ended_on >= on))
