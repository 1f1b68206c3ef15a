"""Meetings, for staff and for other systems: when, where, and their state."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from services.meetings.models import Attendance, Meeting, Organisation, Venue
from services.meetings.queries.attendance import TURNOUT_COUNTS
from services.meetings.queries.kinds import rules_in_force
from services.meetings.queries.meeting_changes import other_place, other_places
from services.meetings.queries.scope import STAFF_ROLES, find_group, find_meeting, leads, leads_meeting, page_rows
from services.meetings.queries.series import meeting_before
from services.meetings.rules import meetings as rules
from services.meetings.rules import permissions
from services.meetings.rules.attendance import MAY_RECORD_BEFORE, Turnout
from services.meetings.rules.kinds import GroupRules
from services.meetings.rules.meeting_changes import Place
from services.meetings.rules.series import span
from shared import clock
from shared.security.actor import Actor

MEETINGS_SHOWN = 8


@dataclass(frozen=True)
class GroupMeetings:
    """Coming meetings, soonest first, and past ones, latest first."""

    coming: list[MeetingSummary]
    past: list[MeetingSummary]


def list_meetings(actor: Actor, group_id: str) -> GroupMeetings:
    """Return the next and the last few meetings of a group; numbers only for whoever may see them.

    NotFound, Forbidden.
    """
    group = find_group(actor, group_id)
    shows_turnout = actor.kind == "system" or permissions.may_see_turnout(
        actor.roles_in(group.organisation_id), leads(actor, group)
    )
    mine = (Meeting.organisation == group.organisation_id) & (Meeting.group == group_id)
    today = clock.today()
    coming = Meeting.select().where(mine, Meeting.on >= today).order_by(Meeting.on, Meeting.at)
    past = Meeting.select().where(mine, Meeting.on < today).order_by(Meeting.on.desc(), Meeting.at.desc())
    return GroupMeetings(
        summaries_of(coming.limit(MEETINGS_SHOWN), shows_turnout),
        summaries_of(past.limit(MEETINGS_SHOWN), shows_turnout),
    )


@dataclass(frozen=True)
class MeetingSummary:
    """One meeting in a list; `turnout` is None until it is closed, and for whoever may not see numbers."""

    id: str
    on: date
    at: time
    minutes: int
    kind: str
    state: str
    turnout: Turnout | None

    @property
    def waits_to_be_closed(self) -> bool:
        """Return whether nobody has closed it yet."""
        return self.state in rules.TO_CLOSE


@dataclass(frozen=True)
class MeetingView:
    """One meeting. `topic` was agreed at the meeting before, `next_topic` is for the one after.

    opens_at    from this moment attendance may be recorded
    may_record  this actor, now
    may_close   this actor, now; also after it was closed
    saved_at    when the last mark was made
    """

    summary: MeetingSummary
    group_id: str
    group_name: str
    organisation_id: str
    organisation_name: str
    venue_name: str | None
    venue_address: str | None
    zone: str
    opens_at: datetime
    starts_at: datetime
    ends_at: datetime
    agenda: tuple[str, ...]
    topic: str | None
    next_topic: str | None
    keeps_names: bool
    unnamed: int
    leads: bool
    sees_turnout: bool
    may_record: bool
    may_close: bool
    saved_at: datetime | None


def get_meeting(actor: Actor, meeting_id: str) -> MeetingView:
    """Return one meeting of the actor's organisations. NotFound, Forbidden."""
    row = find_meeting(actor, meeting_id)
    group = row.group
    is_led = actor.kind == "system" or leads_meeting(actor, row)
    sees_turnout = is_led or permissions.may_see_turnout(actor.roles_in(row.organisation_id), is_led)
    in_force = rules_in_force(group.kind, group.overrides)
    starts_at, ends_at = span(row.on, row.at, row.minutes, row.zone)
    now, goes_on = clock.now(), row.state in (*rules.TO_CLOSE, rules.MeetingState.TOOK_PLACE)
    place: Place | Venue | None = other_place(row) or group.venue
    return MeetingView(
        summary=_summary(row, sees_turnout), group_id=group.id, group_name=group.name,
        organisation_id=row.organisation_id, organisation_name=_organisation_name(row),
        venue_name=place.name if place else None, venue_address=place.address if place else None, zone=row.zone,
        opens_at=starts_at - MAY_RECORD_BEFORE, starts_at=starts_at, ends_at=ends_at,
        agenda=_agenda(in_force, row), topic=_topic(row), next_topic=row.next_topic,
        keeps_names=in_force.identity != "headcount", unnamed=row.headcount_unnamed, leads=is_led,
        sees_turnout=sees_turnout, may_record=is_led and goes_on and now >= starts_at - MAY_RECORD_BEFORE,
        may_close=is_led and goes_on and now >= starts_at, saved_at=_saved_at(row) if is_led else None,
    )  # fmt: skip


def summaries_of(rows: Iterable[Meeting], shows_turnout: bool) -> list[MeetingSummary]:
    """Return the summaries of these rows."""
    return [_summary(row, shows_turnout) for row in rows]


def _summary(row: Meeting, shows_turnout: bool) -> MeetingSummary:
    turnout = None
    if shows_turnout and row.total_members is not None:
        turnout = Turnout(**{name: getattr(row, f"total_{name}") for name in TURNOUT_COUNTS})
    return MeetingSummary(row.id, row.on, row.at, row.minutes, row.kind, row.state, turnout)


def _agenda(in_force: GroupRules, meeting: Meeting) -> tuple[str, ...]:
    """Return the agenda of this kind of meeting, without parts that only count with a lead."""
    return tuple(part.label for part in (in_force.agenda or {}).get(meeting.kind, ()))


def _topic(meeting: Meeting) -> str | None:
    before = meeting_before(meeting)
    return None if before is None else before.next_topic


def _saved_at(meeting: Meeting) -> datetime | None:
    rows = Attendance.select(Attendance.marked_at).where(
        Attendance.organisation == meeting.organisation_id, Attendance.meeting == meeting.id
    )
    newest = rows.order_by(Attendance.marked_at.desc()).first()
    return None if newest is None else newest.marked_at


def _organisation_name(meeting: Meeting) -> str:
    return str(Organisation.get_by_id(meeting.organisation_id).name)


@dataclass(frozen=True)
class MeetingResource:
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


def page_meetings(
    actor: Actor,
    *,
    after: str | None,
    limit: int,
    state: str | None,
    group_id: str | None,
    from_day: date | None,
    until: date | None,
) -> list[MeetingResource]:
    """Return the next meetings after this id, of one group or up to and including a day when given."""
    rows = page_rows(actor, Meeting, STAFF_ROLES, after, limit, state)
    if group_id is not None:
        rows = rows.where(Meeting.group == group_id)
    if from_day is not None:
        rows = rows.where(Meeting.on >= from_day)
    if until is not None:
        rows = rows.where(Meeting.on <= until)
    return list(_meeting_resources(list(rows)))


def get_meeting_resource(actor: Actor, meeting_id: str) -> MeetingResource:
    """Return one meeting of the actor's organisations for another system. NotFound, Forbidden."""
    return next(iter(_meeting_resources([find_meeting(actor, meeting_id)])))


def _meeting_resources(rows: Collection[Meeting]) -> Iterable[MeetingResource]:
    places = other_places([row.id for row in rows])
    for row in rows:
        starts_at, ends_at = span(row.on, row.at, row.minutes, row.zone)
        place = places.get(row.id)
        yield MeetingResource(
            row.id, row.organisation_id, row.group_id, row.kind, row.state, row.on, row.at, row.zone, row.minutes,
            starts_at, ends_at, None if place is None else place.name,
        )  # fmt: skip
