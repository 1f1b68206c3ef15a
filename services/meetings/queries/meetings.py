"""Meetings as staff see them: when and where, the numbers, and for who leads the group: who was there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from services.meetings.models import Attendance, Meeting, Organisation, Venue
from services.meetings.queries import participants
from services.meetings.queries.changes import other_place
from services.meetings.queries.expected import Mark, marks_of
from services.meetings.queries.follow_ups import follow_ups_of, stamp_of
from services.meetings.queries.kinds import rules_in_force
from services.meetings.queries.scope import find_meeting, leads_meeting
from services.meetings.rules import attendance as rules
from services.meetings.rules import people
from services.meetings.rules.changes import Place
from services.meetings.rules.kinds import GroupRules
from services.meetings.rules.series import span
from shared import clock
from shared.security.actor import Actor

COUNTED = ("members", "present", "excused", "absent", "not_recorded", "unnamed")


@dataclass(frozen=True)
class MeetingLine:
    """One meeting in a list; `turnout` is None until it is closed, and for who may not see numbers."""

    id: str
    on: date
    at: time
    minutes: int
    kind: str
    state: str
    turnout: rules.Turnout | None


@dataclass(frozen=True)
class MeetingView:
    """One meeting. `topic` is what was agreed for it the time before, `next_topic` what comes after it.

    opens_at    from this moment it may be recorded who was there
    may_record  this actor, now
    may_close   this actor, now; also after it was closed
    saved_at    when the last mark was made
    """

    line: MeetingLine
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


@dataclass(frozen=True)
class AttendanceLine:
    """One member at one meeting, by call name.

    is_new          it is this person's first meeting in this stay
    is_unreachable  no message from us arrives, so this person did not get a reminder either
    called_off_at   since when this person is known not to come
    """

    membership_id: str
    participant_id: str
    call_name: str
    mark: str
    is_new: bool
    is_unreachable: bool
    called_off_at: datetime | None


@dataclass(frozen=True)
class FollowUpLine:
    """Somebody who was absent, and what follows once the meeting is closed; neither when nothing does."""

    call_name: str
    message: bool
    call: bool


@dataclass(frozen=True)
class FollowUps:
    """What follows the absences of a meeting, if it were closed now; `stamp` changes with it."""

    lines: list[FollowUpLine]
    stamp: str


def get_meeting(actor: Actor, meeting_id: str) -> MeetingView:
    """One meeting of the actor's organisations. NotFound, Forbidden."""
    row = find_meeting(actor, meeting_id)
    group = row.group
    is_led = actor.kind == "system" or leads_meeting(actor, row)
    sees_turnout = is_led or people.may_see_turnout(actor.roles_in(row.organisation_id), is_led)
    in_force = rules_in_force(group.kind, group.overrides)
    starts_at, ends_at = span(row.on, row.at, row.minutes, row.zone)
    now, goes_on = clock.now(), row.state in (rules.MeetingState.PLANNED, rules.MeetingState.TOOK_PLACE)
    place: Place | Venue | None = other_place(row) or group.venue
    return MeetingView(
        line=_line(row, sees_turnout), group_id=group.id, group_name=group.name,
        organisation_id=row.organisation_id, organisation_name=_organisation_name(row),
        venue_name=place.name if place else None, venue_address=place.address if place else None, zone=row.zone,
        opens_at=starts_at - rules.MAY_RECORD_BEFORE, starts_at=starts_at, ends_at=ends_at,
        agenda=_agenda(in_force, row), topic=_topic(row), next_topic=row.next_topic,
        keeps_names=in_force.identity != "headcount", unnamed=row.headcount_unnamed, leads=is_led,
        sees_turnout=sees_turnout, may_record=is_led and goes_on and now >= starts_at - rules.MAY_RECORD_BEFORE,
        may_close=is_led and goes_on and now >= starts_at, saved_at=_saved_at(row) if is_led else None,
    )  # fmt: skip


def list_attendance(actor: Actor, meeting_id: str) -> list[AttendanceLine]:
    """Who belongs and how they were marked, by call name: only for who leads the group. NotFound, Forbidden."""
    meeting = find_meeting(actor, meeting_id, people.may_see_attendance)
    marks = marks_of(meeting)
    ids = [one.membership.participant_id for one in marks]
    names, unreachable = participants.call_names_of(ids), participants.unreachable_among(ids)
    before = _meeting_before(meeting)
    found = [_attendance(one, names, unreachable, before) for one in marks]
    return sorted(found, key=lambda one: one.call_name.casefold())


def list_follow_ups(actor: Actor, meeting_id: str) -> FollowUps:
    """What closing would bring to whom, by call name; for who leads the group. NotFound, Forbidden."""
    meeting = find_meeting(actor, meeting_id, people.may_see_attendance)
    absent = [one for one in marks_of(meeting) if one.mark == rules.Attendance.ABSENT]
    names = participants.call_names_of(one.membership.participant_id for one in absent)
    found = follow_ups_of(meeting, absent)
    agreed = {one.membership.id: one.agreed for one in found}
    lines = [
        FollowUpLine(
            names.get(one.membership.participant_id, "…"),
            message="message" in agreed.get(one.membership.id, ()),
            call="call" in agreed.get(one.membership.id, ()),
        )
        for one in absent
    ]  # fmt: skip
    return FollowUps(sorted(lines, key=lambda one: one.call_name.casefold()), stamp_of(found))


def lines_of(rows: Iterable[Meeting], shows_turnout: bool) -> list[MeetingLine]:
    """Rows as lines of a list."""
    return [_line(row, shows_turnout) for row in rows]


def _line(row: Meeting, shows_turnout: bool) -> MeetingLine:
    turnout = None
    if shows_turnout and row.total_members is not None:
        turnout = rules.Turnout(**{name: getattr(row, f"total_{name}") for name in COUNTED})
    return MeetingLine(row.id, row.on, row.at, row.minutes, row.kind, row.state, turnout)


def _agenda(in_force: GroupRules, meeting: Meeting) -> tuple[str, ...]:
    """What is on the agenda of this kind of meeting; a part that only counts with a lead is left to the group."""
    return tuple(part.label for part in (in_force.agenda or {}).get(meeting.kind, ()))


def _meeting_before(meeting: Meeting) -> Meeting | None:
    earlier = Meeting.select().where(
        Meeting.organisation == meeting.organisation_id, Meeting.group == meeting.group_id,
        Meeting.on < meeting.on, Meeting.state.in_(("planned", "took_place")),
    )  # fmt: skip
    return earlier.order_by(Meeting.on.desc(), Meeting.at.desc()).first()


def _topic(meeting: Meeting) -> str | None:
    before = _meeting_before(meeting)
    return None if before is None else before.next_topic


def _saved_at(meeting: Meeting) -> datetime | None:
    rows = Attendance.select(Attendance.marked_at).where(
        Attendance.organisation == meeting.organisation_id, Attendance.meeting == meeting.id
    )
    newest = rows.order_by(Attendance.marked_at.desc()).first()
    return None if newest is None else newest.marked_at


def _organisation_name(meeting: Meeting) -> str:
    return str(Organisation.get_by_id(meeting.organisation_id).name)


def _attendance(
    one: Mark, names: dict[str, str], unreachable: frozenset[str], before: Meeting | None
) -> AttendanceLine:
    row = one.membership
    return AttendanceLine(
        row.id, row.participant_id, names.get(row.participant_id, "…"), one.mark,
        is_new=before is not None and row.starts_on > before.on,
        is_unreachable=row.participant_id in unreachable, called_off_at=one.called_off_at,
    )  # fmt: skip
