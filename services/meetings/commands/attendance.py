"""Who was there: one tap is one command, the last tap wins, and "Klaar" freezes the numbers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from services.meetings import events
from services.meetings.commands.follow_up_calls import follow_closing, follow_correction
from services.meetings.commands.publishing import meeting_state, publish_meeting
from services.meetings.models import Attendance, Meeting, service
from services.meetings.queries.attendance import Mark, marked_together, marks_of
from services.meetings.queries.follow_up_calls import follow_ups_of, stamp_of
from services.meetings.queries.scope import find_meeting
from services.meetings.rules import attendance as rules
from services.meetings.rules import permissions
from services.meetings.rules.meetings import MeetingState
from services.meetings.rules.series import instant
from shared import clock
from shared.errors import Refusal
from shared.security.actor import Actor

MOST_PEOPLE = rules.MOST_PEOPLE  # in one room
LONGEST_TOPIC = 80


@service.command
def record_attendance(
    actor: Actor,
    *,
    meeting_id: str,
    membership_id: str,
    mark: str,
    seen: str | None = None,
    next_topic: str | None = None,
    request_id: str,
) -> str:
    """Mark one member as present, excused, absent, or not_recorded (undo); gives the mark.

    seen        how this member was marked on the page that was tapped on; None does not ask for it
    next_topic  as `close_meeting` takes it
    Refused: attendance_unknown, not_a_member, marked_meanwhile, next_topic_too_long (most), and as
    `attendance.check_may_record`.
    """
    meeting = recordable(actor, meeting_id)
    if next_topic is not None:
        _set_next_topic(meeting, next_topic)
        meeting.save()
    return mark_member(actor, meeting, membership_id, rules.parse_attendance(mark).value, seen)


@service.command
def mark_present_together(
    actor: Actor,
    *,
    meeting_id: str,
    membership_ids: Collection[str],
    next_topic: str | None = None,
    request_id: str,
) -> str:
    """Mark as present, of these members, who has no mark yet; gives the moment by which that can be undone.

    membership_ids  who had no mark on the page, so that nobody is marked who was not shown there
    next_topic      as `close_meeting` takes it
    Refused: next_topic_too_long (most), and as `attendance.check_may_record`.
    """
    meeting, at = recordable(actor, meeting_id), clock.now()
    _set_next_topic(meeting, next_topic)
    meeting.save()
    for member in marks_of(meeting):
        if member.membership.id in membership_ids and member.mark == rules.Attendance.NOT_RECORDED:
            mark_member(actor, meeting, member.membership.id, rules.Attendance.PRESENT.value, at=at)
    return at.isoformat()


@service.command
def undo_present_together(actor: Actor, *, meeting_id: str, marked_at: datetime, request_id: str) -> str:
    """Wipe the marks that this actor made together at that moment and nobody changed since; gives the id.

    Refused: as `attendance.check_may_record`.
    """
    meeting = recordable(actor, meeting_id)
    for membership_id in marked_together(actor, meeting, marked_at):
        mark_member(actor, meeting, membership_id, rules.Attendance.NOT_RECORDED.value)
    return meeting_id


@service.command
def set_headcount(
    actor: Actor,
    *,
    meeting_id: str,
    unnamed: int | None = None,
    headcount: int | None = None,
    step: int | None = None,
    seen: int | None = None,
    next_topic: str | None = None,
    request_id: str,
) -> int:
    """Write down how many were there without a name; gives that number. Exactly one of the first three is given.

    unnamed    people without a name
    headcount  everybody in the room, from whom those marked as present are taken off
    step       so many more than there are now, or fewer, down to none: of two who count at once each counts
    seen       the number of people without a name when a headcount was asked for; None does not ask for it
    next_topic  as `close_meeting` takes it
    Refused: headcount_missing, headcount_negative, headcount_below_named (named), headcount_too_high (most),
    counted_meanwhile (now), next_topic_too_long (most), and as `attendance.check_may_record`.
    """
    if [unnamed, headcount, step].count(None) != 2:
        raise Refusal("headcount_missing")
    meeting = recordable(actor, meeting_id)
    _set_next_topic(meeting, next_topic)
    if headcount is not None:
        _count_heads(meeting, marks_of(meeting), headcount, seen)
    else:
        count = max(0, meeting.headcount_unnamed + step) if step is not None else unnamed
        assert count is not None
        rules.check_unnamed(count, _count_present(marks_of(meeting)))
        _set_unnamed(meeting, count)
    meeting.save()
    return int(meeting.headcount_unnamed)


@service.command
def set_next_topic(actor: Actor, *, meeting_id: str, next_topic: str, request_id: str) -> str:
    """Write down what the next meeting is about; gives the id. An empty one wipes what stood there.

    Refused: next_topic_too_long (most), and as `attendance.check_may_record`.
    """
    meeting = recordable(actor, meeting_id)
    _set_next_topic(meeting, next_topic)
    meeting.save()
    return meeting_id


@service.command
def close_meeting(
    actor: Actor,
    *,
    meeting_id: str,
    next_topic: str | None = None,
    shown: str | None = None,
    unmarked: str | None = None,
    headcount: int | None = None,
    seen: int | None = None,
    request_id: str,
) -> str:
    """Freeze the numbers of a meeting and publish them: the button "Klaar". Again is harmless. Gives the id.

    next_topic  what the next meeting is about, in a few words; None leaves it as it was
    shown       the stamp of what was shown to follow the absences; None does not ask for it
    unmarked    the mark of whoever has none yet; an empty one asks for it when there is anybody, None leaves them
    headcount, seen  how many are there, as `set_headcount` takes them; None leaves what was counted
    Refused: next_topic_too_long (most), meeting_cancelled, meeting_did_not_take_place, close_too_early,
    follow_ups_changed, members_unmarked (count), attendance_unknown, and of a headcount as `set_headcount`.
    """
    meeting = find_meeting(actor, meeting_id, permissions.may_record_attendance)
    _set_next_topic(meeting, next_topic)
    if meeting.state != MeetingState.TOOK_PLACE:
        rules.check_may_close(meeting.state, starts_at(meeting), clock.now())
        marks = marks_of(meeting)
        if shown is not None and shown != stamp_of(follow_ups_of(meeting, marks)):
            raise Refusal("follow_ups_changed")
        marks = _mark_unmarked(marks, unmarked)
        if headcount is not None:
            _count_heads(meeting, marks, headcount, seen)
        _freeze(actor, meeting, marks)
        follow_closing(meeting, marks)
    elif headcount is not None:
        _count_heads(meeting, marks_of(meeting), headcount, seen)
    meeting.save()
    return meeting_id


def recordable(actor: Actor, meeting_id: str) -> Meeting:
    """Return the meeting, when this actor may mark now who is there. Refused: as `attendance.check_may_record`."""
    meeting = find_meeting(actor, meeting_id, permissions.may_record_attendance)
    rules.check_may_record(meeting.state, starts_at(meeting), clock.now())
    return meeting


def mark_member(
    actor: Actor,
    meeting: Meeting,
    membership_id: str,
    new_mark: str,
    seen: str | None = None,
    at: datetime | None = None,
) -> str:
    """Write down how one member is marked; after closing that is a correction, with what follows from it.

    at  the moment of the mark, now when none is given
    Refused: not_a_member, marked_meanwhile.
    """
    before = next((member for member in marks_of(meeting) if member.membership.id == membership_id), None)
    if before is None:
        raise Refusal("not_a_member")
    rules.check_mark_seen(_by_colleague(actor, before), seen, new_mark)
    _upsert(actor, meeting, membership_id, new_mark, at)
    if meeting.state == MeetingState.TOOK_PLACE:
        _correct(meeting, before, new_mark)
        if new_mark != before.mark:
            follow_correction(meeting, replace(before, mark=new_mark))
    return new_mark


def _count_heads(meeting: Meeting, marks: Collection[Mark], headcount: int, seen: int | None) -> None:
    unnamed = rules.check_headcount(headcount, _count_present(marks))
    rules.check_count_seen(meeting.headcount_unnamed, seen, unnamed)
    _set_unnamed(meeting, unnamed)


def _count_present(marks: Collection[Mark]) -> int:
    return sum(member.mark == rules.Attendance.PRESENT for member in marks)


def _set_unnamed(meeting: Meeting, unnamed: int) -> None:
    meeting.headcount_unnamed = unnamed
    if meeting.state == MeetingState.TOOK_PLACE:
        meeting.total_unnamed = unnamed


def _mark_unmarked(marks: list[Mark], unmarked: str | None) -> list[Mark]:
    """Give whoever has no mark this one."""
    count = sum(member.mark == rules.Attendance.NOT_RECORDED for member in marks)
    if unmarked is None or not count:
        return marks
    if not unmarked:
        raise Refusal("members_unmarked", field="unmarked", count=count)
    mark = rules.parse_attendance(unmarked)
    return [
        replace(member, mark=mark.value) if member.mark == rules.Attendance.NOT_RECORDED else member
        for member in marks
    ]


def _by_colleague(actor: Actor, before: Mark) -> tuple[str, ...]:
    if before.kept is None or before.marked_by == actor.id:
        return ()
    return before.kept, before.mark


def starts_at(meeting: Meeting) -> datetime:
    """Return the start as a Dutch clock shows it, because a refusal names it."""
    return clock.local(instant(meeting.on, meeting.at, meeting.zone))


def _upsert(actor: Actor, meeting: Meeting, membership_id: str, mark: str, at: datetime | None = None) -> None:
    values = {"mark": mark, "marked_by": actor.id, "marked_at": at or clock.now()}
    Attendance.insert(
        organisation=meeting.organisation_id, meeting=meeting.id, membership=membership_id, **values
    ).on_conflict(
        conflict_target=[Attendance.organisation, Attendance.meeting, Attendance.membership], update=values
    ).execute()


def _correct(meeting: Meeting, before: Mark, new_mark: str) -> None:
    """Move the frozen numbers with the mark.

    They are never counted anew: that would lose whoever was erased since.
    """
    if before.kept is not None:
        _add(meeting, before.kept, -1)
    else:
        _add(meeting, "members", 1)
    _add(meeting, new_mark, 1)
    meeting.save()


def _add(meeting: Meeting, count: str, change: int) -> None:
    name = f"total_{count}"
    setattr(meeting, name, getattr(meeting, name) + change)


def _freeze(actor: Actor, meeting: Meeting, marks: Collection[Mark]) -> None:
    for member in marks:
        # Who was counted has a row, so that a later correction knows where somebody was counted.
        if member.kept != member.mark:
            _upsert(actor, meeting, member.membership.id, member.mark)
    before = meeting_state(meeting)
    turnout = rules.turnout((member.mark for member in marks), meeting.headcount_unnamed)
    meeting.state = MeetingState.TOOK_PLACE.value
    meeting.closed_at, meeting.closed_by = clock.now(), actor.id
    for name in ("members", "present", "excused", "absent", "not_recorded", "unnamed"):
        setattr(meeting, f"total_{name}", getattr(turnout, name))
    service.audit.record(
        actor, "change", "meeting", meeting.id, purpose="attendance", organisation_id=meeting.organisation_id
    )
    numbers = {name: getattr(turnout, name) for name in ("present", "excused", "absent", "unnamed")}
    publish_meeting(events.MEETING_TOOK_PLACE, meeting, before, **numbers)


def _set_next_topic(meeting: Meeting, next_topic: str | None) -> None:
    if next_topic is None:
        return
    if len(next_topic) > LONGEST_TOPIC:
        raise Refusal("next_topic_too_long", field="next_topic", most=LONGEST_TOPIC)
    meeting.next_topic = next_topic.strip() or None
