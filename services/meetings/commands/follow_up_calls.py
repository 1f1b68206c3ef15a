"""What follows an absence: published at closing, taken back by a correction; and the calls."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from peewee import Expression

from services.meetings import events
from services.meetings.commands.publishing import subject_of
from services.meetings.models import FollowUpCall, Meeting, Membership, service
from services.meetings.queries.attendance import Mark
from services.meetings.queries.follow_up_calls import FollowUp, find_call, follow_ups_of
from services.meetings.rules import follow_up_calls as rules
from services.meetings.rules.attendance import Attendance
from shared import clock
from shared.ids import new_id
from shared.security.actor import Actor


@service.command
def close_call(actor: Actor, *, call_id: str, reason: str, request_id: str) -> str:
    """Write down that somebody was called, or not reached; gives the id. The reason is one word and never more.

    Refused: call_already_done, call_not_needed, call_reason_unknown; NotFound, Forbidden.
    """
    call = find_call(actor, call_id)
    rules.check_may_close_call(call.state, reason)
    call.state, call.reason = "closed", reason
    call.closed_at, call.closed_by = clock.now(), actor.id
    call.save()
    _audit(actor, call)
    return call_id


@service.command
def postpone_call(actor: Actor, *, call_id: str, until: date, request_id: str) -> str:
    """Put a call off until another day; gives the id. It lapses as it would have.

    Refused: call_already_done, call_not_needed, call_later_not_ahead, call_later_too_far; NotFound, Forbidden.
    """
    call = find_call(actor, call_id)
    rules.check_may_postpone(call.state, until, clock.today(), clock.local(call.lapses_at).date())
    call.later_on = until
    call.save()
    _audit(actor, call)
    return call_id


def lapse_calls() -> bool:
    """Lapse the calls that nobody made in time; never anything to do at once afterwards."""
    due = (FollowUpCall.state == "open") & (FollowUpCall.lapses_at <= clock.now())
    if FollowUpCall.select().where(due).exists():
        with service.transaction():
            FollowUpCall.update(state="lapsed").where(due).execute()
    return False


def follow_closing(meeting: Meeting, marks: Iterable[Mark]) -> None:
    """Publish who was missed at a closed meeting, ask for calls, and withdraw those to who was there again."""
    marks = list(marks)
    for member in marks:
        if member.mark == Attendance.PRESENT:
            _withdraw((FollowUpCall.membership == member.membership.id) & _about_earlier(meeting))
    for follow_up in follow_ups_of(meeting, marks):
        _follow(meeting, follow_up)


def follow_correction(meeting: Meeting, member: Mark) -> None:
    """Take back what followed a mark that was corrected after closing, or let follow what now should.

    An absence that a message follows is published as one, every other mark as a correction.
    member  as marked now
    """
    if member.mark != Attendance.ABSENT:
        _withdraw((FollowUpCall.membership == member.membership.id) & (FollowUpCall.meeting == meeting.id))
    follow_ups = follow_ups_of(meeting, [member])
    for follow_up in follow_ups:
        _follow(meeting, follow_up)
    if not any("message" in follow_up.by_rule for follow_up in follow_ups):
        about = _about(meeting, member.membership)
        service.publish(events.ATTENDANCE_CORRECTED, member.membership.id, about | {"mark": member.mark})


def withdraw_calls(membership_id: str) -> None:
    """Withdraw the calls to this member."""
    _withdraw(FollowUpCall.membership == membership_id)


def withdraw_calls_to(participant_id: str) -> None:
    """Withdraw the calls to this person, in all groups."""
    stays = Membership.select(Membership.id).where(Membership.participant_id == participant_id)
    _withdraw(FollowUpCall.membership.in_(stays))


def _follow(meeting: Meeting, follow_up: FollowUp) -> None:
    """Publish and ask for what follows; whether a message is welcome is checked again at the moment of sending."""
    if "message" in follow_up.by_rule:
        service.publish(events.PARTICIPANT_ABSENT, follow_up.membership.id, _about(meeting, follow_up.membership))
    if "call" in follow_up.agreed:
        _ask_for_call(meeting, follow_up.membership)


def _ask_for_call(meeting: Meeting, membership: Membership) -> None:
    """Ask for one open call at most, about the last meeting that was missed. A call that was made stays made."""
    mine = (FollowUpCall.membership == membership.id) & (FollowUpCall.meeting != meeting.id)
    _withdraw(mine & _about_earlier(meeting))
    if FollowUpCall.select().where(mine, FollowUpCall.state == "open").exists():
        return
    again = {"state": "open", "lapses_at": rules.lapses_at(clock.now()), "later_on": None}
    FollowUpCall.insert(
        id=new_id(), organisation=meeting.organisation_id, meeting=meeting.id, membership=membership.id, **again
    ).on_conflict(
        conflict_target=[FollowUpCall.organisation, FollowUpCall.meeting, FollowUpCall.membership],
        update=again,
        where=FollowUpCall.state == "withdrawn",
    ).execute()


def _about_earlier(meeting: Meeting) -> Expression:
    earlier = Meeting.select(Meeting.id).where(
        Meeting.organisation == meeting.organisation_id,
        Meeting.group == meeting.group_id,
        Meeting.on <= meeting.on,
    )
    return FollowUpCall.meeting.in_(earlier)


def _withdraw(which: Expression) -> None:
    FollowUpCall.update(state="withdrawn").where(which, FollowUpCall.state == "open").execute()


def _about(meeting: Meeting, membership: Membership) -> dict[str, str]:
    person = {"membership_id": membership.id, "participant_id": membership.participant_id}
    return {**subject_of(meeting), **person}


def _audit(actor: Actor, call: FollowUpCall) -> None:
    service.audit.record(
        actor, "change", "call", call.id, purpose="after_absence", organisation_id=call.organisation_id
    )
