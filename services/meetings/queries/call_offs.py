"""Who called off one meeting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from services.meetings.models import CallOff, Meeting, Membership
from services.meetings.queries import participants
from services.meetings.queries.attendance import marks_of
from services.meetings.queries.scope import find_meeting
from services.meetings.rules import call_offs as rules
from services.meetings.rules import permissions
from services.meetings.rules.memberships import Episode, is_member_on
from services.meetings.rules.series import instant
from shared import clock
from shared.errors import NotFound, Refusal
from shared.security.actor import Actor


@dataclass(frozen=True)
class Intention:
    """What one member intends about one meeting, without the name of the group.

    why_not  the code of the refusal of a call-off; None when the member may call off
    """

    meeting_id: str
    membership_id: str
    on: date
    at: time
    is_called_off: bool
    why_not: str | None


@dataclass(frozen=True)
class Expected:
    """One member who may come, by call name."""

    membership_id: str
    call_name: str
    is_called_off: bool


def called_off_at(meeting: Meeting) -> dict[str, datetime]:
    """Return membership id -> when that member called this meeting off."""
    rows = CallOff.select(CallOff.membership, CallOff.at).where(
        CallOff.organisation == meeting.organisation_id,
        CallOff.meeting == meeting.id,
        CallOff.state == "called_off",
    )
    return {row.membership_id: row.at for row in rows}


def check_may_call_off(meeting: Meeting, membership: Membership) -> None:
    """Refuse a call-off that is not needed. Refused: as `rules.call_offs.check_may_call_off`."""
    stay = Episode(membership.starts_on, membership.ended_on)
    rules.check_may_call_off(
        meeting.state,
        instant(meeting.on, meeting.at, meeting.zone),
        clock.now(),
        is_member=is_member_on([stay], meeting.on),
    )


def get_intention(subject: str) -> Intention:
    """Return the intention that a link is about: `<meeting id>.<membership id>`. NotFound."""
    meeting_id, _, membership_id = subject.partition(".")
    meeting = Meeting.get_or_none(Meeting.id == meeting_id)
    membership = Membership.get_or_none(Membership.id == membership_id)
    if meeting is None or membership is None or membership.group_id != meeting.group_id:
        raise NotFound()
    return Intention(
        meeting.id,
        membership.id,
        meeting.on,
        meeting.at,
        membership.id in called_off_at(meeting),
        _why_not(meeting, membership),
    )


def list_expected(actor: Actor, meeting_id: str) -> list[Expected]:
    """Return the members of that day and whether they come, for whoever leads the meeting. NotFound, Forbidden."""
    meeting = find_meeting(actor, meeting_id, permissions.may_see_attendance)
    members = [member.membership for member in marks_of(meeting)]
    names = participants.distinct_names_of(member.participant_id for member in members)
    called_off = called_off_at(meeting)
    expected = [
        Expected(member.id, names.get(member.participant_id, "…"), member.id in called_off) for member in members
    ]
    return sorted(expected, key=lambda member: member.call_name.casefold())


def _why_not(meeting: Meeting, membership: Membership) -> str | None:
    try:
        check_may_call_off(meeting, membership)
    except Refusal as refusal:
        return refusal.code
    return None
