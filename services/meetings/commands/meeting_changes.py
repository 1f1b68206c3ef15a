"""One meeting goes otherwise than planned; the rest of its series stays as it is."""

from __future__ import annotations

from datetime import date, time
from typing import Literal

from services.meetings import events
from services.meetings.commands.call_offs import forget_call_offs
from services.meetings.commands.saying import say_group, say_meeting, subject_of
from services.meetings.models import (
    Attendance,
    GroupFacilitator,
    Meeting,
    MeetingChange,
    MeetingPlace,
    Substitute,
    service,
)
from services.meetings.queries import changes as look
from services.meetings.queries import rhythm
from services.meetings.queries.scope import find_meeting
from services.meetings.queries.staff import is_facilitator
from services.meetings.rules import changes as rules
from services.meetings.rules import people, series
from services.meetings.rules.changes import Change, Place
from shared import clock
from shared.errors import Refusal
from shared.ids import new_id
from shared.security.actor import Actor

SamePlace = Literal["as_it_was"]
AS_IT_WAS: SamePlace = "as_it_was"


@service.command
def move_meeting(
    actor: Actor, *, meeting_id: str, on: date | None = None, at: time | None = None, minutes: int | None = None,
    place: tuple[str, str] | SamePlace | None = AS_IT_WAS, request_id: str,
) -> str:  # fmt: skip
    """Another moment, another place or both, for this once; gives the id of the change. What is None stays.

    place  its name and address, None for where the group meets, or AS_IT_WAS
    At another moment nobody is there yet: marks are wiped. Who could not come on the old day may come on the new
    one: a call-off does not go along to another day.
    Refused: change_too_late, move_cancelled, nothing_changes, meeting_at_this_moment (on),
    cancelled_at_this_moment (on), and as `changes.tidy_place` and `series.check_moment`.
    """
    meeting = find_meeting(actor, meeting_id, people.may_plan_meetings)
    rules.check_may_move(meeting.state, look.starts_at(meeting), clock.now())
    was, place_was = (meeting.on, meeting.at, meeting.minutes), look.other_place(meeting)
    fresh = (on or meeting.on, at or meeting.at, minutes or meeting.minutes)
    fresh_place = place_was if place == AS_IT_WAS else rules.tidy_place(_given(place), look.usual_place(meeting))
    if (fresh, fresh_place) == (was, place_was):
        raise Refusal("nothing_changes")
    series.check_moment(*fresh, clock.now(), meeting.zone)
    there = rhythm.state_at(meeting.group, fresh[0], fresh[1], but=meeting.id)
    rules.check_free(there, clock.day_text(fresh[0]))
    first_day = rhythm.first_meeting_on(meeting.group_id)
    meeting.on, meeting.at, meeting.minutes = fresh
    _keep_place(meeting, fresh_place)
    is_elsewhen = was[:2] != fresh[:2]
    if is_elsewhen:
        _wipe_marks(meeting)
    change_id = _change(actor, meeting, Change.MOVED, old_on=was[0], old_at=was[1])
    if is_elsewhen or fresh_place != place_was:
        told = {"old_on": was[0].isoformat(), "old_at": was[1].strftime("%H:%M")}
        service.publish(events.MEETING_MOVED, meeting.id, {**subject_of(meeting), **_done_by(actor), **told})
    if was[0] != meeting.on:
        forget_call_offs(meeting)
    _say_first_day(meeting, first_day)
    return change_id


@service.command
def cancel_meeting(actor: Actor, *, meeting_id: str, request_id: str) -> str:
    """This one does not go on; gives the id of the change. Again is harmless. Refused as "change_too_late"."""
    meeting = find_meeting(actor, meeting_id, people.may_plan_meetings)
    rules.check_may_cancel(meeting.state, look.starts_at(meeting), clock.now())
    last = look.last_change(meeting)
    if meeting.state == "cancelled" and last is not None:
        return last.id
    first_day = rhythm.first_meeting_on(meeting.group_id)
    meeting.state = "cancelled"
    change_id = _change(actor, meeting, Change.CANCELLED)
    service.publish(events.MEETING_CANCELLED, meeting.id, {**subject_of(meeting), **_done_by(actor)})
    _say_first_day(meeting, first_day)
    return change_id


@service.command
def reopen_meeting(actor: Actor, *, meeting_id: str, request_id: str) -> str:
    """It goes on after all; gives the id of the change, of the last one when it was never cancelled.

    Said as a meeting that is scheduled: reminders are planned anew. Refused: change_too_late, never_cancelled.
    """
    meeting = find_meeting(actor, meeting_id, people.may_plan_meetings)
    rules.check_may_reopen(meeting.state, look.starts_at(meeting), clock.now())
    last = look.last_change(meeting)
    if last is None or (meeting.state == "planned" and last.kind != Change.REOPENED):
        raise Refusal("never_cancelled")
    if meeting.state == "planned":
        return last.id
    first_day = rhythm.first_meeting_on(meeting.group_id)
    meeting.state = "planned"
    change_id = _change(actor, meeting, Change.REOPENED)
    service.publish(events.MEETING_SCHEDULED, meeting.id, {**subject_of(meeting), **_done_by(actor)})
    _say_first_day(meeting, first_day)
    return change_id


@service.command
def appoint_substitute(actor: Actor, *, meeting_id: str, staff_id: str, request_id: str) -> str:
    """Let a colleague lead this one meeting; gives the staff id. Again is harmless.

    They may see and write down who is there, at this meeting only.
    Refused: substitute_too_late, not_a_facilitator, already_leads.
    """
    meeting = find_meeting(actor, meeting_id, people.may_plan_meetings)
    rules.check_may_substitute(meeting.state)
    if not is_facilitator(meeting.organisation_id, staff_id):
        raise Refusal("not_a_facilitator", field="staff_id")
    if _leads_group(meeting, staff_id):
        raise Refusal("already_leads", field="staff_id")
    if staff_id not in look.substitute_ids(meeting):
        Substitute.create(organisation=meeting.organisation_id, meeting=meeting.id, staff=staff_id)
        _say_standing_in(actor, meeting, staff_id)
    return staff_id


@service.command
def release_substitute(actor: Actor, *, meeting_id: str, staff_id: str, request_id: str) -> str:
    """Somebody does not stand in after all; gives the staff id. Who did not is fine too."""
    meeting = find_meeting(actor, meeting_id, people.may_plan_meetings)
    if staff_id in look.substitute_ids(meeting):
        Substitute.delete().where(
            Substitute.organisation == meeting.organisation_id, Substitute.meeting == meeting.id,
            Substitute.staff == staff_id,
        ).execute()  # fmt: skip
        _say_standing_in(actor, meeting, staff_id)
    return staff_id


def stand_in_no_more(staff_id: str, organisation_id: str) -> None:
    """Part of a command: somebody is no facilitator there any more, and leads nothing in anybody's place."""
    theirs = (Substitute.organisation == organisation_id) & (Substitute.staff == staff_id)
    left = [row.meeting_id for row in Substitute.select(Substitute.meeting).where(theirs)]
    Substitute.delete().where(theirs).execute()
    for meeting in Meeting.select().where(Meeting.id.in_(left), Meeting.state == "planned"):
        say_meeting(meeting)


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


def _change(
    actor: Actor, meeting: Meeting, kind: Change, *, old_on: date | None = None, old_at: time | None = None
) -> str:
    meeting.save()
    row = MeetingChange.create(
        id=new_id(), organisation=meeting.organisation_id, meeting=meeting.id, kind=kind.value, old_on=old_on,
        old_at=old_at, at=clock.now(), by=actor.id,
    )  # fmt: skip
    service.audit.record(
        actor, "change", "meeting", meeting.id, purpose=kind.value, organisation_id=meeting.organisation_id
    )
    say_meeting(meeting)
    return str(row.id)


def _done_by(actor: Actor) -> dict[str, str | None]:
    """Who did it, so that they are not told of it; nobody's id when it was no colleague."""
    return {"by_staff_id": actor.id if actor.is_staff else None}


def _say_first_day(meeting: Meeting, before: date | None) -> None:
    """The group is told anew when it begins on another day because of this."""
    if rhythm.first_meeting_on(meeting.group_id) != before:
        say_group(meeting.group_id)


def _leads_group(meeting: Meeting, staff_id: str) -> bool:
    return (
        GroupFacilitator.select()
        .where(
            GroupFacilitator.organisation == meeting.organisation_id, GroupFacilitator.group == meeting.group_id,
            GroupFacilitator.staff == staff_id,
        )
        .exists()
    )  # fmt: skip


def _say_standing_in(actor: Actor, meeting: Meeting, staff_id: str) -> None:
    service.audit.record(
        actor, "change", "staff", staff_id, purpose="stand_in", organisation_id=meeting.organisation_id
    )
    say_meeting(meeting)
