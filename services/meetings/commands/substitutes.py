"""Substitutes: somebody who leads one meeting instead of its facilitator."""

from __future__ import annotations

from services.meetings import events
from services.meetings.commands.publishing import MeetingState, meeting_state, publish_meeting
from services.meetings.models import GroupFacilitator, Meeting, Substitute, service
from services.meetings.queries.scope import find_meeting
from services.meetings.queries.staff import is_facilitator
from services.meetings.queries.substitutes import substitute_ids
from services.meetings.rules import permissions
from services.meetings.rules import substitutes as rules
from shared.errors import Refusal
from shared.security.actor import Actor


@service.command
def appoint_substitute(actor: Actor, *, meeting_id: str, staff_id: str, request_id: str) -> str:
    """Let a colleague lead this one meeting; return the staff id. Idempotent.

    They may see and record attendance, at this meeting only.
    Refused: substitute_too_late, not_a_facilitator, already_leads.
    """
    meeting = find_meeting(actor, meeting_id, permissions.may_plan_meetings)
    rules.check_may_substitute(meeting.state)
    if not is_facilitator(meeting.organisation_id, staff_id):
        raise Refusal("not_a_facilitator", field="staff_id")
    if _leads_group(meeting, staff_id):
        raise Refusal("already_leads", field="staff_id")
    if staff_id not in substitute_ids(meeting):
        before = meeting_state(meeting)
        Substitute.create(organisation=meeting.organisation_id, meeting=meeting.id, staff=staff_id)
        _publish_substitutes(actor, meeting, before, staff_id)
    return staff_id


@service.command
def release_substitute(actor: Actor, *, meeting_id: str, staff_id: str, request_id: str) -> str:
    """End that somebody is a substitute; return the staff id. Idempotent."""
    meeting = find_meeting(actor, meeting_id, permissions.may_plan_meetings)
    if staff_id in substitute_ids(meeting):
        before = meeting_state(meeting)
        Substitute.delete().where(
            Substitute.organisation == meeting.organisation_id,
            Substitute.meeting == meeting.id,
            Substitute.staff == staff_id,
        ).execute()
        _publish_substitutes(actor, meeting, before, staff_id)
    return staff_id


def release_everywhere(staff_id: str, organisation_id: str) -> None:
    """End all substitutions of somebody who is no facilitator there any more, inside a command."""
    theirs = (Substitute.organisation == organisation_id) & (Substitute.staff == staff_id)
    left = Meeting.id.in_(Substitute.select(Substitute.meeting).where(theirs))
    planned = [(row, meeting_state(row)) for row in Meeting.select().where(left, Meeting.state == "planned")]
    Substitute.delete().where(theirs).execute()
    for meeting, before in planned:
        publish_meeting(events.MEETING_CHANGED, meeting, before)


def _leads_group(meeting: Meeting, staff_id: str) -> bool:
    return (
        GroupFacilitator.select()
        .where(
            GroupFacilitator.organisation == meeting.organisation_id,
            GroupFacilitator.group == meeting.group_id,
            GroupFacilitator.staff == staff_id,
        )
        .exists()
    )


def _publish_substitutes(actor: Actor, meeting: Meeting, before: MeetingState, staff_id: str) -> None:
    service.audit.record(
        actor, "change", "staff", staff_id, purpose="stand_in", organisation_id=meeting.organisation_id
    )
    publish_meeting(events.MEETING_CHANGED, meeting, before)
