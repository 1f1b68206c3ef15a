"""Moving, cancelling and reopening one meeting; the rest of its series stays as it is."""

from __future__ import annotations

from datetime import date, time
from typing import Literal

from services.meetings import events
from services.meetings.commands.call_offs import take_back_call_offs
from services.meetings.commands.publishing import meeting_state, publish_group, publish_meeting
from services.meetings.commands.venues import check_words
from services.meetings.models import Attendance, Meeting, MeetingChange, MeetingPlace, service
from services.meetings.queries.meeting_changes import last_change, other_place, starts_at, usual_place
from services.meetings.queries.scope import find_meeting
from services.meetings.queries.series import first_meeting_on, state_at
from services.meetings.rules import meeting_changes as rules
from services.meetings.rules import permissions, series
from services.meetings.rules.meeting_changes import Change, Place
from services.meetings.rules.meetings import check_free
from shared import clock
from shared.errors import Refusal
from shared.ids import new_id
from shared.security.actor import Actor

# Minutes that a meeting may last: the least and the most.
MINUTES = (series.SHORTEST_MINUTES, series.LONGEST_MINUTES)
SamePlace = Literal["as_it_was"]
AS_IT_WAS: SamePlace = "as_it_was"


@service.command
def move_meeting(
    actor: Actor,
    *,
    meeting_id: str,
    on: date | None = None,
    at: time | None = None,
    minutes: int | None = None,
    place: tuple[str, str] | SamePlace | None = AS_IT_WAS,
    keeps_words: bool = True,
    request_id: str,
) -> str:
    """Move one meeting to another moment, another place or both; gives the id of the change. What is None stays.

    place        its name and address, None for where the group meets, or AS_IT_WAS
    keeps_words  whether another place is kept as it is, also when its name would hold the messages back
    At another moment nobody is there yet: marks are wiped. Who could not come on the old day may come on the new
    one: a call-off does not go along to another day.
    Refused: change_too_late, move_cancelled, nothing_changes, meeting_at_this_moment (on),
    cancelled_at_this_moment (on), and as `meeting_changes.tidy_place`, `series.check_moment` and
    `discretion.check_place`.
    """
    meeting = find_meeting(actor, meeting_id, permissions.may_plan_meetings)
    rules.check_may_move(meeting.state, starts_at(meeting), clock.now())
    before = meeting_state(meeting)
    was, place_was = (meeting.on, meeting.at, meeting.minutes), other_place(meeting)
    fresh = (on or meeting.on, at or meeting.at, minutes or meeting.minutes)
    fresh_place = place_was if place == AS_IT_WAS else rules.tidy_place(_given(place), usual_place(meeting))
    if (fresh, fresh_place) == (was, place_was):
        raise Refusal("nothing_changes")
    if not keeps_words and fresh_place is not None and fresh_place != place_was:
        check_words(meeting.group, fresh_place)
    series.check_moment(*fresh, clock.now(), meeting.zone)
    there = state_at(meeting.group, fresh[0], fresh[1], but=meeting.id)
    check_free(there, clock.day_text(fresh[0]))
    first_day = first_meeting_on(meeting.group_id)
    meeting.on, meeting.at, meeting.minutes = fresh
    _keep_place(meeting, fresh_place)
    is_elsewhen = was[:2] != fresh[:2]
    if is_elsewhen:
        _wipe_marks(meeting)
    change_id = _record_change(actor, meeting, Change.MOVED, old_on=was[0], old_at=was[1])
    if is_elsewhen or fresh_place != place_was:
        publish_meeting(events.MEETING_MOVED, meeting, before, by_staff_id=_staff_id(actor))
    else:
        publish_meeting(events.MEETING_CHANGED, meeting, before)
    if was[0] != meeting.on:
        take_back_call_offs(meeting)
    _publish_first_day(meeting, first_day)
    return change_id


@service.command
def cancel_meeting(actor: Actor, *, meeting_id: str, request_id: str) -> str:
    """Cancel one meeting; gives the id of the change. Again is harmless. Refused: change_too_late."""
    meeting = find_meeting(actor, meeting_id, permissions.may_plan_meetings)
    rules.check_may_cancel(meeting.state, starts_at(meeting), clock.now())
    last = last_change(meeting)
    if meeting.state == "cancelled" and last is not None:
        return last.id
    first_day, before = first_meeting_on(meeting.group_id), meeting_state(meeting)
    meeting.state = "cancelled"
    change_id = _record_change(actor, meeting, Change.CANCELLED)
    publish_meeting(events.MEETING_CANCELLED, meeting, before, by_staff_id=_staff_id(actor))
    _publish_first_day(meeting, first_day)
    return change_id


@service.command
def reopen_meeting(actor: Actor, *, meeting_id: str, request_id: str) -> str:
    """Let a cancelled meeting go on; gives the id of the change, of the last one when it was never cancelled.

    Published as a meeting that is scheduled: reminders are planned anew. Refused: change_too_late,
    never_cancelled.
    """
    meeting = find_meeting(actor, meeting_id, permissions.may_plan_meetings)
    rules.check_may_reopen(meeting.state, starts_at(meeting), clock.now())
    last = last_change(meeting)
    if last is None or (meeting.state == "planned" and last.kind != Change.REOPENED):
        raise Refusal("never_cancelled")
    if meeting.state == "planned":
        return last.id
    first_day, before = first_meeting_on(meeting.group_id), meeting_state(meeting)
    meeting.state = "planned"
    change_id = _record_change(actor, meeting, Change.REOPENED)
    publish_meeting(events.MEETING_SCHEDULED, meeting, before, by_staff_id=_staff_id(actor))
    _publish_first_day(meeting, first_day)
    return change_id


def _given(place: tuple[str, str] | SamePlace | None) -> Place | None:
    return Place(*place) if isinstance(place, tuple) else None


def _keep_place(meeting: Meeting, place: Place | None) -> None:
    MeetingPlace.delete().where(
        MeetingPlace.organisation == meeting.organisation_id, MeetingPlace.meeting == meeting.id
    ).execute()
    if place is not None:
        MeetingPlace.create(
            organisation=meeting.organisation_id, meeting=meeting.id, name=place.name, address=place.address
        )


def _wipe_marks(meeting: Meeting) -> None:
    Attendance.delete().where(
        Attendance.organisation == meeting.organisation_id, Attendance.meeting == meeting.id
    ).execute()
    meeting.headcount_unnamed = 0


def _record_change(
    actor: Actor, meeting: Meeting, kind: Change, *, old_on: date | None = None, old_at: time | None = None
) -> str:
    meeting.save()
    row = MeetingChange.create(
        id=new_id(),
        organisation=meeting.organisation_id,
        meeting=meeting.id,
        kind=kind.value,
        old_on=old_on,
        old_at=old_at,
        at=clock.now(),
        by=actor.id,
    )
    service.audit.record(
        actor, "change", "meeting", meeting.id, purpose=kind.value, organisation_id=meeting.organisation_id
    )
    return str(row.id)


def _staff_id(actor: Actor) -> str | None:
    """Return who did it, so that they are not notified; None when it was no colleague."""
    return actor.id if actor.is_staff else None


def _publish_first_day(meeting: Meeting, before: date | None) -> None:
    """Publish the group anew when it begins on another day because of this."""
    if first_meeting_on(meeting.group_id) != before:
        publish_group(meeting.group_id)
