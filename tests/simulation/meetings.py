"""What becomes of one meeting: changed beforehand, held with who came, closed, mended the next day."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import partial

from services.meetings.commands import attendance, meeting_changes, substitutes, walk_ins
from services.meetings.models import Meeting, Membership
from services.meetings.queries.attendance import marks_of
from services.meetings.queries.meeting_changes import list_unreached
from services.meetings.queries.walk_ins import former_stays
from shared import clock
from shared.ids import new_id
from shared.security.actor import Actor
from tests.simulation.actors import Group, Member, Person
from tests.simulation.corrections import mend_marks, see_to_calls, see_to_missed
from tests.simulation.runner import Play
from tests.simulation.setup import LEADERS
from tests.simulation.signups import join

_SEEN_AHEAD = timedelta(days=4)
_MARKS, _SHARES = ("present", "absent", "excused", "not_recorded"), (72, 20, 4, 4)


def look_ahead(play: Play, told: set[str]) -> None:
    """Every morning: what will happen to each meeting that comes near. told: those that were looked at."""
    near = Meeting.select().where(Meeting.on.between(clock.today(), clock.today() + _SEEN_AHEAD))
    for row in near.order_by(Meeting.on, Meeting.at):
        if row.id in told or starts_at(row) <= clock.now():
            continue
        told.add(row.id)
        group = next(one for one in play.groups if one.id == row.group_id)
        _change_beforehand(play, group, row)
        play.later(starts_at(row) + timedelta(minutes=5), partial(_evening, play, group, row.id))
    tomorrow = clock.instant(clock.today() + timedelta(days=1), time(7, 3))
    play.later(tomorrow, lambda: look_ahead(play, told))


def starts_at(row: Meeting) -> datetime:
    """When it begins, as it stands now."""
    return clock.instant(row.on, row.at, row.zone)


def _change_beforehand(play: Play, group: Group, row: Meeting) -> None:
    now, start, leader = clock.now(), starts_at(row), group.leaders[0]
    hour_before = start - timedelta(minutes=play.dice.uniform(20, 75))
    if play.chance(0.22):
        play.later(play.between(now, start), lambda: _move(play, leader, row.id))
    if play.chance(0.08):
        play.later(play.between(now, start), lambda: _elsewhere(play, leader, row.id))
    if play.chance(0.2):
        moment = hour_before if play.chance(0.4) else play.between(now, start)
        play.later(moment, lambda: _cancel(play, leader, row.id))
    if play.chance(0.16):
        play.later(play.between(now, start), lambda: _let_stand_in(play, row.id))


def _move(play: Play, leader: Actor, meeting_id: str) -> None:
    row = Meeting.get_by_id(meeting_id)
    days, hours = play.dice.choice(((0, 1), (0, -1), (1, 0), (2, 0), (1, 1), (0, 2)))
    on, at = row.on + timedelta(days=days), time(max(0, min(23, row.at.hour + hours)), row.at.minute)
    play.act(
        "meeting_moved",
        lambda: meeting_changes.move_meeting(leader, meeting_id=meeting_id, on=on, at=at, request_id=new_id()),
        {"meeting": meeting_id, "on": on.isoformat(), "clock": at.strftime("%H:%M"), "by": leader.id},
    )
    _see_whom_to_tell(play, leader, meeting_id)
    if play.chance(0.15):
        play.later(
            clock.now() + timedelta(hours=play.dice.uniform(0.1, 20)), lambda: _move(play, leader, meeting_id)
        )


def _elsewhere(play: Play, leader: Actor, meeting_id: str) -> None:
    play.act(
        "meeting_elsewhere",
        lambda: meeting_changes.move_meeting(
            leader, meeting_id=meeting_id, place=("Tuinhuis", "Laan 1, Lindeveen"), request_id=new_id()
        ),
        {"meeting": meeting_id, "by": leader.id},
    )
    _see_whom_to_tell(play, leader, meeting_id)


def _cancel(play: Play, leader: Actor, meeting_id: str) -> None:
    done = play.act(
        "meeting_cancelled",
        lambda: meeting_changes.cancel_meeting(leader, meeting_id=meeting_id, request_id=new_id()),
        {"meeting": meeting_id, "by": leader.id},
    )
    _see_whom_to_tell(play, leader, meeting_id)
    if done is not None and play.chance(0.25):
        start = starts_at(Meeting.get_by_id(meeting_id))
        play.later(play.between(clock.now(), start), lambda: _reopen(play, leader, meeting_id))


def _reopen(play: Play, leader: Actor, meeting_id: str) -> None:
    play.act(
        "meeting_reopened",
        lambda: meeting_changes.reopen_meeting(leader, meeting_id=meeting_id, request_id=new_id()),
        {"meeting": meeting_id, "by": leader.id},
    )
    _see_whom_to_tell(play, leader, meeting_id)


def _see_whom_to_tell(play: Play, leader: Actor, meeting_id: str) -> None:
    """The list that who leads it reads on the page of the meeting."""
    listed = [one.membership_id for one in list_unreached(leader, meeting_id)]
    play.note("saw_whom_to_tell", meeting=meeting_id, memberships=listed)


def _let_stand_in(play: Play, meeting_id: str) -> None:
    kim, colleague = play.staff["Kim"], play.staff[play.dice.choice(LEADERS)]
    asked = play.act(
        "stood_in",
        lambda: substitutes.appoint_substitute(
            kim, meeting_id=meeting_id, staff_id=colleague.id, request_id=new_id()
        ),
        {"meeting": meeting_id, "staff": colleague.id},
    )
    if asked is not None and play.chance(0.3):
        play.later(
            play.between(clock.now(), starts_at(Meeting.get_by_id(meeting_id))),
            lambda: _stand_down(play, meeting_id, colleague),
        )


def _stand_down(play: Play, meeting_id: str, colleague: Actor) -> None:
    play.act(
        "stood_down",
        lambda: substitutes.release_substitute(
            play.staff["Kim"], meeting_id=meeting_id, staff_id=colleague.id, request_id=new_id()
        ),
        {"meeting": meeting_id, "staff": colleague.id},
    )


def _evening(play: Play, group: Group, meeting_id: str) -> None:
    """It begins; when it was moved to later, it begins later."""
    row = Meeting.get_by_id(meeting_id)
    if row.state != "planned":
        return
    if starts_at(row) > clock.now():
        play.later(starts_at(row) + timedelta(minutes=5), lambda: _evening(play, group, meeting_id))
        return
    leader = group.leaders[-1]
    if play.chance(0.02):
        play.act(
            "meeting_not_held",
            lambda: attendance.report_not_held(leader, meeting_id=meeting_id, request_id=new_id()),
            {"meeting": meeting_id},
        )
        return
    if group.keeps_names:
        _take_attendance(play, group, leader, row)
    if not group.keeps_names or play.chance(0.1):
        people = play.dice.randrange(1, 4)
        attendance.set_headcount(leader, meeting_id=meeting_id, unnamed=people, request_id=new_id())
    # Mostly at the end; now and then the day after, or not at all.
    late = play.dice.choices((0.0, 14.0, 90.0, None), (84, 8, 4, 4))[0]
    if late is not None:
        end = starts_at(row) + timedelta(minutes=row.minutes, hours=late)
        play.later(end, lambda: _close(play, group, leader, meeting_id))


def _take_attendance(play: Play, group: Group, leader: Actor, row: Meeting) -> None:
    for one in marks_of(row):
        mark = play.dice.choices(_MARKS, _SHARES)[0]
        if one.called_off_at is not None and play.chance(0.9):
            continue  # shown as excused already
        attendance.record_attendance(
            leader, meeting_id=row.id, membership_id=one.membership.id, mark=mark, request_id=new_id()
        )
    taken = {one.membership.id: one.kept for one in marks_of(row) if one.kept is not None}
    play.note("marks_taken", meeting=row.id, marks=taken)
    if play.chance(0.12):
        _walk_in(play, group, leader, row)
    for stay in former_stays(row):
        if stay.state != "active" and play.chance(0.3):
            _come_back(play, group, leader, row, stay.id)


def _walk_in(play: Play, group: Group, leader: Actor, row: Meeting) -> None:
    person, at = Person(play.names.name(), None, None, ()), clock.now()
    membership_id = play.act(
        "walked_in",
        lambda: walk_ins.register_walk_in(leader, meeting_id=row.id, call_name=person.name, request_id=new_id()),
        {"meeting": row.id},
    )
    if membership_id is None:
        return
    stay = Membership.get_by_id(membership_id)
    person.id = stay.participant_id
    play.note_at(at, "person_came", person=person.id, name=person.name, email=None, mobile=None, purposes=[])
    join(play, person, stay, group, at=at, is_walk_in=True)


def _come_back(play: Play, group: Group, leader: Actor, row: Meeting, last_stay: str) -> None:
    at = clock.now()
    membership_id = play.act(
        "came_back",
        lambda: walk_ins.welcome_back(leader, meeting_id=row.id, membership_id=last_stay, request_id=new_id()),
        {"meeting": row.id},
    )
    before: Member | None = play.members.get(last_stay)
    if membership_id is not None and before is not None:
        join(play, before.person, Membership.get_by_id(membership_id), group, at=at, is_walk_in=True)


def _close(play: Play, group: Group, leader: Actor, meeting_id: str) -> None:
    def marks(_: str) -> dict[str, object]:
        row = Meeting.get_by_id(meeting_id)
        return {
            "meeting": meeting_id,
            "marks": {one.membership.id: one.mark for one in marks_of(row)},
        }

    closed = play.act(
        "meeting_closed",
        lambda: attendance.close_meeting(leader, meeting_id=meeting_id, request_id=new_id()),
        marks,
    )
    if closed is None or not group.keeps_names:
        return
    row = Meeting.get_by_id(meeting_id)
    if play.chance(0.3):
        hours = play.dice.choice((0.2, 2.0, 12.0, 30.0, 60.0))
        play.later(clock.now() + timedelta(hours=hours), lambda: mend_marks(play, leader, row.id))
    play.later(clock.now() + timedelta(hours=9), lambda: see_to_missed(play, leader))
    play.later(clock.now() + timedelta(hours=play.dice.uniform(10, 90)), lambda: see_to_calls(play, leader))
