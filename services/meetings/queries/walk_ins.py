"""Who might walk in again: former and future members of the group."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from services.meetings.models import Meeting, Membership
from services.meetings.queries import participants
from services.meetings.queries.attendance import marks_of
from services.meetings.queries.scope import find_meeting
from services.meetings.rules import permissions
from shared.security.actor import Actor


@dataclass(frozen=True)
class FormerMember:
    """Somebody by call name: who left on `ended_on`, or begins on `starts_on`."""

    membership_id: str
    call_name: str
    starts_on: date
    ended_on: date | None


def former_stays(meeting: Meeting) -> list[Membership]:
    """Return the last membership of everybody who is not at this meeting: one that ended, or has yet to begin."""
    here = {person.membership.participant_id for person in marks_of(meeting)}
    rows = Membership.select().where(
        Membership.organisation == meeting.organisation_id,
        Membership.group == meeting.group_id,
        (Membership.ended_on < meeting.on) | (Membership.state == "active"),
    )
    # The last one of each person counts, and a stay that goes on is always later than one that ended.
    last = {row.participant_id: row for row in rows.order_by(Membership.ended_on.is_null(), Membership.ended_on)}
    return [row for person, row in last.items() if person not in here]


def list_former_members(actor: Actor, meeting_id: str) -> list[FormerMember]:
    """Return who might walk in again, by call name, for whoever leads the group. NotFound, Forbidden.

    Without those whose name was erased.
    """
    stays = former_stays(find_meeting(actor, meeting_id, permissions.may_see_attendance))
    names = participants.call_names_of(row.participant_id for row in stays)
    members = [
        FormerMember(row.id, names[row.participant_id], row.starts_on, row.ended_on)
        for row in stays
        if row.participant_id in names
    ]
    return sorted(members, key=lambda person: person.call_name.casefold())
