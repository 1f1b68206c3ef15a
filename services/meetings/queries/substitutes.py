"""Substitutes: who leads one meeting instead of its facilitator, and who could."""

from __future__ import annotations

from services.meetings.models import GroupFacilitator, Meeting, StaffRole, Substitute
from services.meetings.queries.scope import find_meeting
from services.meetings.queries.staff import names_of
from services.meetings.rules import permissions
from shared.security.actor import Actor


def list_could_stand_in(actor: Actor, meeting_id: str) -> list[tuple[str, str]]:
    """Return (staff id, name) of the facilitators who do not lead this group, by name. NotFound, Forbidden."""
    row = find_meeting(actor, meeting_id, permissions.may_plan_meetings)
    leaders = GroupFacilitator.select(GroupFacilitator.staff).where(
        GroupFacilitator.organisation == row.organisation_id, GroupFacilitator.group == row.group_id
    )
    facilitators = StaffRole.select(StaffRole.staff).where(
        StaffRole.organisation == row.organisation_id,
        StaffRole.role == permissions.FACILITATOR,
        StaffRole.staff.not_in(leaders),
        StaffRole.staff.not_in(substitute_ids(row)),
    )
    names = names_of(person.staff_id for person in facilitators)
    return sorted(names.items(), key=lambda person: person[1].casefold())


def substitute_ids(meeting: Meeting) -> list[str]:
    """Return the staff ids of the substitutes at this meeting."""
    rows = Substitute.select(Substitute.staff).where(
        Substitute.organisation == meeting.organisation_id, Substitute.meeting == meeting.id
    )
    return sorted(row.staff_id for row in rows)


def substitute_names(meeting: Meeting) -> tuple[tuple[str, str], ...]:
    """Return (staff id, name) of the substitutes at this meeting, by name."""
    names = names_of(substitute_ids(meeting))
    return tuple(sorted(names.items(), key=lambda person: person[1].casefold()))
