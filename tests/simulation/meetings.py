"""What becomes of one meeting: changed beforehand, held with who came, closed, corrected the next day."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import partial

from services.meetings.commands import attendance, closing, meeting_changes, substitutes, walk_ins
from services.meetings.models import Meeting, Membership
from services.meetings.queries.attendance import marks_of
from services.meetings.queries.meeting_changes import list_unreached
from services.meetings.queries.walk_ins import former_stays
from shared import clock
from shared.ids import new_id
from shared.security.actor import Actor
from tests.simulation.actors import Group, Member, Person
from tests.simulation.corrections import correct_marks, handle_calls, review_missed
from tests.simulation.runner import Runner
from tests.simulation.setup import LEADERS
from tests.simulation.signups import join

_SEEN_AHEAD = timedelta(days=4)
_MARKS, _SHARES = ("present", "absent", "excused", "not_recorded"), (72, 20, 4, 4)


def schedule_changes(runner: Runner, seen: set[str]) -> None:
    """Plan, every morning, what will happen to each meeting that comes near. seen: those that were planned."""
    near = Meeting.select().where(Meeting.on.between(clock.today(), clock.today() + _SEEN_AHEAD))
    for row in near.order_by(Meeting.on, Meeting.at):
        if row.id in seen or starts_at(row) <= clock.now():
            continue
        seen.add(row.id)
        group = next(member for member in runner.groups if member.id == row.group_id)
        _change_beforehand(runner, group, row)
        runner.later(starts_at(row) + timedelta(minutes=5), partial(_hold_meeting, runner, group, row.id))
    tomorrow = clock.instant(clock.today() + timedelta(days=1), time(7, 3))
    runner.later(tomorrow, lambda: schedule_changes(runner, seen))


def starts_at(row: Meeting) -> datetime:
    """Return when it begins, as it is now."""
    return clock.instant(row.on, row.at, row.zone)


def _change_beforehand(runner: Runner, group: Group, row: Meeting) -> None:
    now, start, leader = clock.now(), starts_at(row), group.leaders[0]
    hour_before = start - timedelta(minutes=runner.rng.uniform(20, 75))
    if runner.chance(0.22):
        runner.later(runner.between(now, start), lambda: _move(runner, leader, row.id))
    if runner.chance(0.08):
        runner.later(runner.between(now, start), lambda: _change_venue(runner, leader, row.id))
    if runner.chance(0.2):
        moment = hour_before if runner.chance(0.4) else runner.between(now, start)
        runner.later(moment, lambda: _cancel(runner, leader, row.id))
    if runner.chance(0.16):
        runner.later(runner.between(now, start), lambda: _appoint_substitute(runner, row.id))


def _move(runner: Runner, leader: Actor, meeting_id: str) -> None:
    row = Meeting.get_by_id(meeting_id)
    days, hours = runner.rng.choice(((0, 1), (0, -1), (1, 0), (2, 0), (1, 1), (0, 2)))
    on, at = row.on + timedelta(days=days), time(max(0, min(23, row.at.hour + hours)), row.at.minute)
    runner.act(
        "meeting_moved",
        lambda: meeting_changes.move_meeting(leader, meeting_id=meeting_id, on=on, at=at, request_id=new_id()),
        {"meeting": meeting_id, "on": on.isoformat(), "clock": at.strftime("%H:%M"), "by": leader.id},
    )
    _read_unreached_list(runner, leader, meeting_id)
    if runner.chance(0.15):
        runner.later(
            clock.now() + timedelta(hours=runner.rng.uniform(0.1, 20)), lambda: _move(runner, leader, meeting_id)
        )


def _change_venue(runner: Runner, leader: Actor, meeting_id: str) -> None:
    runner.act(
        "meeting_elsewhere",
        lambda: meeting_changes.move_meeting(
            leader, meeting_id=meeting_id, place=("Tuinhuis", "Laan 1, Lindeveen"), request_id=new_id()
        ),
        {"meeting": meeting_id, "by": leader.id},
    )
    _read_unreached_list(runner, leader, meeting_id)


def _cancel(runner: Runner, leader: Actor, meeting_id: str) -> None:
    done = runner.act(
        "meeting_cancelled",
        lambda: meeting_changes.cancel_meeting(leader, meeting_id=meeting_id, request_id=new_id()),
        {"meeting": meeting_id, "by": leader.id},
    )
    _read_unreached_list(runner, leader, meeting_id)
    if done is not None and runner.chance(0.25):
        start = starts_at(Meeting.get_by_id(meeting_id))
        runner.later(runner.between(clock.now(), start), lambda: _reopen(runner, leader, meeting_id))


def _reopen(runner: Runner, leader: Actor, meeting_id: str) -> None:
    runner.act(
        "meeting_reopened",
        lambda: meeting_changes.reopen_meeting(leader, meeting_id=meeting_id, request_id=new_id()),
        {"meeting": meeting_id, "by": leader.id},
    )
    _read_unreached_list(runner, leader, meeting_id)


def _read_unreached_list(runner: Runner, leader: Actor, meeting_id: str) -> None:
    """Record the list that whoever leads it reads on the page of the meeting."""
    listed = [member.membership_id for member in list_unreached(leader, meeting_id)]
    runner.note("unreached_list_read", meeting=meeting_id, memberships=listed)


def _appoint_substitute(runner: Runner, meeting_id: str) -> None:
    kim, colleague = runner.staff["Kim"], runner.staff[runner.rng.choice(LEADERS)]
    asked = runner.act(
        "substitute_appointed",
        lambda: substitutes.appoint_substitute(
            kim, meeting_id=meeting_id, staff_id=colleague.id, request_id=new_id()
        ),
        {"meeting": meeting_id, "staff": colleague.id},
    )
    if asked is not None and runner.chance(0.3):
        runner.later(
            runner.between(clock.now(), starts_at(Meeting.get_by_id(meeting_id))),
            lambda: _release_substitute(runner, meeting_id, colleague),
        )


def _release_substitute(runner: Runner, meeting_id: str, colleague: Actor) -> None:
    runner.act(
        "substitute_released",
        lambda: substitutes.release_substitute(
            runner.staff["Kim"], meeting_id=meeting_id, staff_id=colleague.id, request_id=new_id()
        ),
        {"meeting": meeting_id, "staff": colleague.id},
    )


def _hold_meeting(runner: Runner, group: Group, meeting_id: str) -> None:
    """Hold it; when it was moved to later, hold it later."""
    row = Meeting.get_by_id(meeting_id)
    if row.state != "planned":
        return
    if starts_at(row) > clock.now():
        runner.later(starts_at(row) + timedelta(minutes=5), lambda: _hold_meeting(runner, group, meeting_id))
        return
    leader = group.leaders[-1]
    if runner.chance(0.02):
        runner.act(
            "meeting_not_held",
            lambda: closing.report_not_held(leader, meeting_id=meeting_id, request_id=new_id()),
            {"meeting": meeting_id},
        )
        return
    if group.keeps_names:
        _take_attendance(runner, group, leader, row)
    if not group.keeps_names or runner.chance(0.1):
        people = runner.rng.randrange(1, 4)
        attendance.set_headcount(leader, meeting_id=meeting_id, unnamed=people, request_id=new_id())
    # Mostly at the end; now and then the day after, or not at all.
    late = runner.rng.choices((0.0, 14.0, 90.0, None), (84, 8, 4, 4))[0]
    if late is not None:
        end = starts_at(row) + timedelta(minutes=row.minutes, hours=late)
        runner.later(end, lambda: _close(runner, group, leader, meeting_id))


def _take_attendance(runner: Runner, group: Group, leader: Actor, row: Meeting) -> None:
    for member in marks_of(row):
        mark = runner.rng.choices(_MARKS, _SHARES)[0]
        if member.called_off_at is not None and runner.chance(0.9):
            continue  # shown as excused already
        attendance.record_attendance(
            leader, meeting_id=row.id, membership_id=member.membership.id, mark=mark, request_id=new_id()
        )
    taken = {member.membership.id: member.kept for member in marks_of(row) if member.kept is not None}
    runner.note("marks_taken", meeting=row.id, marks=taken)
    if runner.chance(0.12):
        _walk_in(runner, group, leader, row)
    for stay in former_stays(row):
        if stay.state != "active" and runner.chance(0.3):
            _come_back(runner, group, leader, row, stay.id)


def _walk_in(runner: Runner, group: Group, leader: Actor, row: Meeting) -> None:
    person, at = Person(runner.names.name(), None, None, ()), clock.now()
    membership_id = runner.act(
        "walked_in",
        lambda: walk_ins.register_walk_in(leader, meeting_id=row.id, call_name=person.name, request_id=new_id()),
        {"meeting": row.id},
    )
    if membership_id is None:
        return
    stay = Membership.get_by_id(membership_id)
    person.id = stay.participant_id
    runner.note_at(
        at, "person_signed_up", person=person.id, name=person.name, email=None, mobile=None, purposes=[]
    )
    join(runner, person, stay, group, at=at, is_walk_in=True)


def _come_back(runner: Runner, group: Group, leader: Actor, row: Meeting, last_stay: str) -> None:
    at = clock.now()
    membership_id = runner.act(
        "welcomed_back",
        lambda: walk_ins.welcome_back(leader, meeting_id=row.id, membership_id=last_stay, request_id=new_id()),
        {"meeting": row.id},
    )
    before: Member | None = runner.members.get(last_stay)
    if membership_id is not None and before is not None:
        join(runner, before.person, Membership.get_by_id(membership_id), group, at=at, is_walk_in=True)


def _close(runner: Runner, group: Group, leader: Actor, meeting_id: str) -> None:
    def marks(_: str) -> dict[str, object]:
        row = Meeting.get_by_id(meeting_id)
        return {
            "meeting": meeting_id,
            "marks": {member.membership.id: member.mark for member in marks_of(row)},
        }

    closed = runner.act(
        "meeting_closed",
        lambda: attendance.close_meeting(leader, meeting_id=meeting_id, request_id=new_id()),
        marks,
    )
    if closed is None or not group.keeps_names:
        return
    row = Meeting.get_by_id(meeting_id)
    if runner.chance(0.3):
        hours = runner.rng.choice((0.2, 2.0, 12.0, 30.0, 60.0))
        runner.later(clock.now() + timedelta(hours=hours), lambda: correct_marks(runner, leader, row.id))
    runner.later(clock.now() + timedelta(hours=9), lambda: review_missed(runner, leader))
    runner.later(clock.now() + timedelta(hours=runner.rng.uniform(10, 90)), lambda: handle_calls(runner, leader))
