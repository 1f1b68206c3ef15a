"""Meetings that end without a count: one that did not take place, and those that nobody closed."""

from __future__ import annotations

from services.meetings import events
from services.meetings.commands.attendance import starts_at
from services.meetings.commands.publishing import meeting_state, publish_meeting
from services.meetings.models import Attendance, Meeting, service
from services.meetings.queries.scope import find_meeting
from services.meetings.rules import attendance as rules
from services.meetings.rules import permissions
from services.meetings.rules.meetings import MeetingState
from shared import clock
from shared.security.actor import Actor

_AT_ONCE = 200


@service.command
def report_not_held(actor: Actor, *, meeting_id: str, request_id: str) -> str:
    """Report that a meeting did not take place; gives the id. Again is harmless. What was marked is wiped.

    Refused: meeting_cancelled, meeting_already_closed, close_too_early.
    """
    meeting = find_meeting(actor, meeting_id, permissions.may_record_attendance)
    if meeting.state == MeetingState.DID_NOT_TAKE_PLACE:
        return meeting_id
    rules.check_may_close(meeting.state, starts_at(meeting), clock.now())
    before = meeting_state(meeting)
    Attendance.delete().where(Attendance.meeting == meeting_id).execute()
    meeting.state, meeting.headcount_unnamed = MeetingState.DID_NOT_TAKE_PLACE.value, 0
    meeting.closed_at, meeting.closed_by = clock.now(), actor.id
    meeting.save()
    publish_meeting(events.MEETING_CHANGED, meeting, before)
    return meeting_id


def mark_not_reported() -> bool:
    """Mark the meetings of before today that nobody closed; return whether there were any."""
    rows = (
        Meeting.select().where(Meeting.state == MeetingState.PLANNED, Meeting.on < clock.today()).limit(_AT_ONCE)
    )
    with service.transaction():
        meetings = list(rows)
        for meeting in meetings:
            before = meeting_state(meeting)
            meeting.state = MeetingState.NOT_REPORTED.value
            meeting.save()
            publish_meeting(events.MEETING_CHANGED, meeting, before)
    return bool(meetings)
