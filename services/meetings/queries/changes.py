"""How one meeting differs from what was planned, and whom somebody has to tell in person."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time

from services.meetings.models import (
    GroupFacilitator,
    Meeting,
    MeetingChange,
    MeetingPlace,
    Membership,
    StaffRole,
    Substitute,
)
from services.meetings.queries import participants
from services.meetings.queries import staff as look
from services.meetings.queries.call_offs import called_off_at
from services.meetings.queries.expected import marks_of
from services.meetings.queries.kinds import rules_in_force
from services.meetings.queries.scope import find_meeting, leads, leads_meeting
from services.meetings.rules import changes as rules
from services.meetings.rules import people
from services.meetings.rules.changes import Place
from services.meetings.rules.series import instant
from shared import clock
from shared.errors import NotFound
from shared.security.actor import Actor, within


@dataclass(frozen=True)
class Changed:
    """One change; old_on and old_at are None unless the meeting was moved."""

    id: str
    meeting_id: str
    organisation_id: str
    kind: str
    old_on: date | None
    old_at: time | None
    at: datetime


@dataclass(frozen=True)
class Standing:
    """One meeting as it stands now, for who may change it and for who looks at it.

    last         what changed last
    substitutes  (staff id, name) of who stands in
    is_to_come   it has not begun, so that people can still be told
    may_plan     this actor may change it, as long as it is to come
    leads        this actor leads it, or stands in
    may_tell     this actor may see whom somebody has to tell
    to_tell      how many that are; None for who may not see numbers
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
    last: Changed | None
    substitutes: tuple[tuple[str, str], ...]
    is_to_come: bool
    may_plan: bool
    leads: bool
    may_tell: bool
    expected: int
    to_tell: int | None


@dataclass(frozen=True)
class ToTell:
    """Somebody whom no message reaches, by call name."""

    membership_id: str
    call_name: str
    is_called_off: bool


@dataclass(frozen=True)
class Revision:
    """How often one meeting was changed, and when for the last time."""

    number: int
    at: datetime


def get_standing(actor: Actor, meeting_id: str) -> Standing:
    """One meeting of the actor's organisations. NotFound, Forbidden."""
    row = find_meeting(actor, meeting_id)
    roles, is_led = actor.roles_in(row.organisation_id), leads_meeting(actor, row)
    members = [one.membership for one in marks_of(row)]
    sees_numbers = people.may_see_turnout(roles, is_led)
    return Standing(
        meeting_id=row.id, group_id=row.group_id, group_name=row.group.name, organisation_id=row.organisation_id,
        on=row.on, at=row.at, minutes=row.minutes, state=row.state, usual_place=usual_place(row),
        other_place=other_place(row), last=last_change(row),
        keeps_names=rules_in_force(row.group.kind, row.group.overrides).identity != "headcount",
        substitutes=_substitutes(row), is_to_come=rules.is_to_come(row.state, starts_at(row), clock.now()),
        may_plan=people.may_plan_meetings(roles, leads(actor, row.group)), leads=is_led,
        may_tell=people.may_see_members(roles, is_led), expected=len(members),
        to_tell=len(_to_tell(members)) if sees_numbers else None,
    )  # fmt: skip


def get_plannable(actor: Actor, meeting_id: str) -> Standing:
    """The same, for who may change it. NotFound, Forbidden."""
    find_meeting(actor, meeting_id, people.may_plan_meetings)
    return get_standing(actor, meeting_id)


def list_to_tell(actor: Actor, meeting_id: str) -> list[ToTell]:
    """Who belongs that day and whom no message reaches: for who leads it and the coordinator.

    NotFound, Forbidden.
    """
    row = find_meeting(actor, meeting_id)
    if not leads_meeting(actor, row):
        find_meeting(actor, meeting_id, people.may_see_members)
    members = _to_tell([one.membership for one in marks_of(row)])
    names = participants.call_names_of(member.participant_id for member in members)
    called_off = called_off_at(row)
    found = [ToTell(one.id, names.get(one.participant_id, "…"), one.id in called_off) for one in members]
    return sorted(found, key=lambda one: one.call_name.casefold())


def list_could_stand_in(actor: Actor, meeting_id: str) -> list[tuple[str, str]]:
    """(staff id, name) of the facilitators who do not lead this group, by name. NotFound, Forbidden."""
    row = find_meeting(actor, meeting_id, people.may_plan_meetings)
    leaders = GroupFacilitator.select(GroupFacilitator.staff).where(
        GroupFacilitator.organisation == row.organisation_id, GroupFacilitator.group == row.group_id
    )
    facilitators = StaffRole.select(StaffRole.staff).where(
        StaffRole.organisation == row.organisation_id, StaffRole.role == people.FACILITATOR,
        StaffRole.staff.not_in(leaders), StaffRole.staff.not_in(substitute_ids(row)),
    )  # fmt: skip
    found = look.names_of(one.staff_id for one in facilitators)
    return sorted(found.items(), key=lambda one: one[1].casefold())


def starts_at(meeting: Meeting) -> datetime:
    """The instant at which it begins."""
    return instant(meeting.on, meeting.at, meeting.zone)


def usual_place(meeting: Meeting) -> Place | None:
    """Where its group meets."""
    venue = meeting.group.venue
    return None if venue is None else Place(venue.name, venue.address)


def other_place(meeting: Meeting) -> Place | None:
    """Where this one is, when that is not where its group meets."""
    return other_places([meeting.id]).get(meeting.id)


def other_places(meeting_ids: Collection[str]) -> dict[str, Place]:
    """Meeting id -> where it is, of those that are not where their group meets; in one look."""
    rows = MeetingPlace.select().where(MeetingPlace.meeting.in_(sorted(meeting_ids)))
    return {row.meeting_id: Place(row.name, row.address) for row in rows}


def revisions_of(meeting_ids: Collection[str]) -> dict[str, Revision]:
    """Meeting id -> how often it was changed, of those that were; in one look."""
    rows = (
        MeetingChange.select(MeetingChange.meeting, MeetingChange.at)
        .where(MeetingChange.meeting.in_(sorted(meeting_ids)))
        .order_by(MeetingChange.id)
    )
    found: dict[str, Revision] = {}
    for row in rows:
        before = found.get(row.meeting_id)
        found[row.meeting_id] = Revision(1 if before is None else before.number + 1, row.at)
    return found


def substitute_ids(meeting: Meeting) -> list[str]:
    """Who stands in at this meeting."""
    rows = Substitute.select(Substitute.staff).where(
        Substitute.organisation == meeting.organisation_id, Substitute.meeting == meeting.id
    )
    return sorted(row.staff_id for row in rows)


def last_change(meeting: Meeting) -> Changed | None:
    """What happened to it last."""
    rows = MeetingChange.select().where(
        MeetingChange.organisation == meeting.organisation_id, MeetingChange.meeting == meeting.id
    )
    newest = rows.order_by(MeetingChange.id.desc()).first()
    return None if newest is None else _changed(newest)


def get_change(actor: Actor, change_id: str) -> Changed:
    """One change, in the actor's organisations. NotFound."""
    row = MeetingChange.get_or_none(MeetingChange.id == change_id, within(actor, MeetingChange.organisation))
    if row is None:
        raise NotFound()
    return _changed(row)


def page_changes(actor: Actor, *, after: str | None, limit: int, meeting_id: str | None) -> list[Changed]:
    """The next changes after this id, of one meeting when that is given; oldest first."""
    rows = MeetingChange.select().where(
        within(actor, MeetingChange.organisation), MeetingChange.id > (after or "")
    )
    if meeting_id is not None:
        rows = rows.where(MeetingChange.meeting == meeting_id)
    return [_changed(row) for row in rows.order_by(MeetingChange.id).limit(limit)]


def _to_tell(members: list[Membership]) -> list[Membership]:
    unreached = participants.not_reached_among(member.participant_id for member in members)
    return [member for member in members if member.participant_id in unreached]


def _substitutes(meeting: Meeting) -> tuple[tuple[str, str], ...]:
    names = look.names_of(substitute_ids(meeting))
    return tuple(sorted(names.items(), key=lambda one: one[1].casefold()))


def _changed(row: MeetingChange) -> Changed:
    return Changed(row.id, row.meeting_id, row.organisation_id, row.kind, row.old_on, row.old_at, row.at)
