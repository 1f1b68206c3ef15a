"""Registering who walks in without a placement: somebody new, or a former member."""

from __future__ import annotations

from collections.abc import Iterable

from services.meetings import events
from services.meetings.commands.attendance import mark_member, recordable
from services.meetings.commands.memberships import check_may_join
from services.meetings.commands.publishing import publish_membership
from services.meetings.commands.replicas import upsert_participant, upsert_reachability
from services.meetings.models import Meeting, Membership, service
from services.meetings.queries import participants
from services.meetings.queries.attendance import marks_of
from services.meetings.queries.kinds import rules_in_force
from services.meetings.queries.walk_ins import former_stays
from services.meetings.rules import walk_ins as rules
from services.meetings.rules.attendance import Attendance
from shared import clock
from shared.errors import Refusal
from shared.ids import new_id
from shared.language import SOURCE
from shared.security.actor import Actor


@service.command
def register_walk_in(
    actor: Actor, *, meeting_id: str, call_name: str, is_somebody_else: bool = False, request_id: str
) -> str:
    """Make somebody new a member from this meeting on and mark them present; return the id of the membership.

    is_somebody_else  not the person of this name who belonged to the group before
    Refused: call_name_missing, call_name_too_long, walk_in_is_here, walk_in_was_here, walk_in_group_full, and as
    `memberships.check_may_join` and `attendance.check_may_record`.
    """
    meeting = recordable(actor, meeting_id)
    participant_id, name = new_id(), rules.tidy_call_name(call_name)
    _check_has_room(meeting, participant_id)
    rules.check_is_new(
        name,
        here=_names(stay.membership for stay in marks_of(meeting)),
        before=_names(former_stays(meeting)),
        is_somebody_else=is_somebody_else,
    )
    upsert_participant(
        participant_id=participant_id,
        organisation_id=meeting.organisation_id,
        # Until they say otherwise: who walked in follows what is said there.
        language=str(rules_in_force(meeting.group.kind, meeting.group.overrides).language or SOURCE),
        call_name=name,
    )
    # Nobody gave an address, so that who leads the group is not left to think that messages arrive.
    upsert_reachability(participant_id=participant_id, organisation_id=meeting.organisation_id, channels=[])
    service.publish(
        events.WALK_IN_REGISTERED,
        participant_id,
        {
            "participant_id": participant_id,
            "group_id": meeting.group_id,
            "organisation_id": meeting.organisation_id,
        },
        personal={"intake": {"call_name": name}},
    )
    return _begin(actor, meeting, participant_id)


@service.command
def welcome_back(actor: Actor, *, meeting_id: str, membership_id: str, request_id: str) -> str:
    """Make a former member a member again, with a new membership; return its id.

    membership_id  the last one; one that was to begin later begins now
    Refused: walk_in_unknown, walk_in_group_full, and as `memberships.check_may_join` and
    `attendance.check_may_record`.
    """
    meeting = recordable(actor, meeting_id)
    before = next((stay for stay in former_stays(meeting) if stay.id == membership_id), None)
    if before is None:
        raise Refusal("walk_in_unknown")
    if before.state != "active":
        _check_has_room(meeting, before.participant_id)
        return _begin(actor, meeting, before.participant_id)
    before.starts_on = meeting.on
    before.save()
    return _arrive(actor, meeting, before, "change")


def _check_has_room(meeting: Meeting, participant_id: str) -> None:
    try:
        check_may_join(meeting.group, participant_id)
    except Refusal as refusal:
        if refusal.code == "group_full":
            raise Refusal("walk_in_group_full") from None
        raise


def _begin(actor: Actor, meeting: Meeting, participant_id: str) -> str:
    membership = Membership.create(
        id=new_id(),
        organisation=meeting.organisation_id,
        group=meeting.group_id,
        participant_id=participant_id,
        made_at=clock.now(),
        state="active",
        starts_on=meeting.on,
    )
    return _arrive(actor, meeting, membership, "create")


def _arrive(actor: Actor, meeting: Meeting, membership: Membership, event: str) -> str:
    service.audit.record(
        actor, event, "membership", membership.id, purpose="walk_in", organisation_id=meeting.organisation_id
    )
    publish_membership(membership)
    mark_member(actor, meeting, membership.id, Attendance.PRESENT.value)
    return str(membership.id)


def _names(stays: Iterable[Membership]) -> list[str]:
    return list(participants.call_names_of(stay.participant_id for stay in stays).values())
