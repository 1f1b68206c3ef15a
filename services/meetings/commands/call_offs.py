"""Calling off one meeting: an intention, kept apart from who was there."""

from __future__ import annotations

from services.meetings import events
from services.meetings.commands.publishing import subject_of
from services.meetings.models import CallOff, Meeting, Membership, service
from services.meetings.queries.call_offs import check_may_call_off
from services.meetings.queries.scope import find_meeting
from services.meetings.rules import permissions
from services.meetings.rules.call_offs import CallOffState
from shared import clock
from shared.errors import NotFound
from shared.ids import new_id
from shared.security.actor import Actor


@service.command
def call_off(actor: Actor, *, meeting_id: str, membership_id: str, request_id: str) -> str:
    """Record that a member will not come to this meeting; return the membership id. Idempotent.

    For the person (with a link of this meeting and membership, or with a pass), and for whoever leads the meeting
    when somebody phoned. Refused: call_off_not_needed, call_off_cancelled, call_off_too_late.
    """
    return _set_state(actor, meeting_id, membership_id, CallOffState.CALLED_OFF)


@service.command
def take_back_call_off(actor: Actor, *, meeting_id: str, membership_id: str, request_id: str) -> str:
    """Record that a member will come after all; return the membership id. Idempotent.

    Refused: as `call_off`.
    """
    return _set_state(actor, meeting_id, membership_id, CallOffState.TAKEN_BACK)


def take_back_call_offs(meeting: Meeting) -> None:
    """Take back all call-offs of a meeting on another day, inside a command."""
    rows = (
        CallOff.select(CallOff, Membership)
        .join(Membership)
        .where(
            CallOff.organisation == meeting.organisation_id,
            CallOff.meeting == meeting.id,
            CallOff.state == CallOffState.CALLED_OFF.value,
        )
        .order_by(CallOff.id)
    )
    for row in list(rows):
        _keep(meeting, row.membership, CallOffState.TAKEN_BACK)


def _set_state(actor: Actor, meeting_id: str, membership_id: str, state: CallOffState) -> str:
    meeting, membership = _find(actor, meeting_id, membership_id)
    check_may_call_off(meeting, membership)
    known = CallOff.get_or_none(
        CallOff.organisation == meeting.organisation_id,
        CallOff.meeting == meeting.id,
        CallOff.membership == membership_id,
    )
    is_so_already = state == (known.state if known is not None else CallOffState.TAKEN_BACK)
    if not is_so_already:
        _keep(meeting, membership, state)
        if actor.is_staff:
            service.audit.record(
                actor,
                "change",
                "membership",
                membership_id,
                purpose=state.value,
                organisation_id=meeting.organisation_id,
            )
    return membership_id


def _find(actor: Actor, meeting_id: str, membership_id: str) -> tuple[Meeting, Membership]:
    """Return the meeting and the membership, for whoever may call this member off. NotFound, Forbidden."""
    membership = Membership.get_or_none(Membership.id == membership_id)
    if actor.kind in ("link", "participant"):
        is_theirs = actor.id == f"link:{meeting_id}.{membership_id}" or (
            actor.kind == "participant" and membership is not None and actor.id == membership.participant_id
        )
        meeting = Meeting.get_or_none(Meeting.id == meeting_id) if is_theirs else None
    else:
        meeting = find_meeting(actor, meeting_id, permissions.may_record_attendance)
    if meeting is None or membership is None or membership.group_id != meeting.group_id:
        raise NotFound()
    return meeting, membership


def _keep(meeting: Meeting, membership: Membership, state: CallOffState) -> None:
    values = {CallOff.state: state.value, CallOff.at: clock.now()}
    CallOff.insert(
        id=new_id(),
        organisation=meeting.organisation_id,
        meeting=meeting.id,
        membership=membership.id,
        state=state.value,
        at=clock.now(),
    ).on_conflict(
        conflict_target=[CallOff.organisation, CallOff.meeting, CallOff.membership], update=values
    ).execute()
    service.publish(
        events.CALL_OFF_RECEIVED,
        membership.id,
        {
            **subject_of(meeting),
            "membership_id": membership.id,
            "participant_id": membership.participant_id,
            "state": state.value,
        },
    )
