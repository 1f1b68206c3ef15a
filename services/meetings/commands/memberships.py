"""Memberships: beginning one from a placement or a walk-in, and ending one with a farewell."""

from __future__ import annotations

from datetime import date, timedelta

from services.meetings import events
from services.meetings.commands.follow_up_calls import withdraw_calls
from services.meetings.commands.publishing import publish_membership
from services.meetings.models import Group, Membership, ReturnedPlacement, service
from services.meetings.queries import kinds
from services.meetings.queries.scope import find_membership
from services.meetings.rules import memberships as rules
from services.meetings.rules import permissions
from services.meetings.rules.memberships import Episode, check_leaves_by
from shared import clock
from shared.errors import Forbidden, GiveUp, Refusal
from shared.ids import new_id
from shared.security.actor import Actor


@service.command
def join_group(
    actor: Actor, *, placement_id: str, participant_id: str, group_id: str, starts_on: date, request_id: str
) -> str | None:
    """Make a membership of a placement and return its id; None when the placement is returned with a reason.

    For services only: intake alone promises places. GiveUp when there is no such
    group. Idempotent for each placement. Somebody who walked in before has a membership
    already, and its id is returned.
    """
    if actor.kind != "system":
        raise Forbidden()
    group = Group.get_or_none(Group.id == group_id)
    if group is None:
        raise GiveUp("no such group")
    known = Membership.get_or_none(
        Membership.organisation == group.organisation_id, Membership.placement_id == placement_id
    )
    if known is not None:
        return str(known.id)
    if _was_returned(group, placement_id):
        return None
    walked_in = _walked_in(group, participant_id)
    if walked_in is not None:
        walked_in.placement_id = placement_id
        walked_in.save()
        publish_membership(walked_in)
        return str(walked_in.id)
    try:
        check_may_join(group, participant_id)
    except Refusal as refusal:
        _return_placement(group, placement_id, participant_id, refusal.code)
        return None
    membership = Membership.create(
        id=new_id(),
        organisation=group.organisation_id,
        group=group_id,
        participant_id=participant_id,
        placement_id=placement_id,
        made_at=clock.now(),
        state="active",
        starts_on=starts_on,
    )
    publish_membership(membership)
    return str(membership.id)


@service.command
def end_membership(
    actor: Actor, *, membership_id: str, reason: str, on: date | None = None, request_id: str
) -> str:
    """End a membership; return the id.

    on  the last day; today when it is not given, or the first day if that is later
    Refused: not_a_member, leaves_before_start, end_reason_unknown, farewell_later.
    """
    membership = find_membership(actor, membership_id, permissions.may_change_members)
    last_day = on or max(clock.today(), membership.starts_on)
    if on is not None:
        check_leaves_by(on, clock.today())
    rules.check_may_leave(Episode(membership.starts_on, membership.ended_on), last_day, reason)
    membership.state, membership.ended_on, membership.end_reason = "ended", last_day, reason
    membership.save()
    withdraw_calls(membership_id)
    service.audit.record(
        actor,
        "change",
        "membership",
        membership_id,
        purpose="farewell",
        organisation_id=membership.organisation_id,
    )
    publish_membership(membership)
    return membership_id


def withdraw_membership(placement_id: str) -> None:
    """End a membership whose placement was taken back, as if it had never begun. Idempotent."""
    membership = Membership.get_or_none(Membership.placement_id == placement_id, Membership.state == "active")
    if membership is None:
        return
    membership.state, membership.end_reason = "ended", "unknown"
    membership.ended_on = membership.starts_on - timedelta(days=1)
    membership.save()
    withdraw_calls(membership.id)
    publish_membership(membership)


def check_may_join(group: Group, participant_id: str) -> None:
    """Check that somebody may join this group now. Refused: as `memberships.check_may_join`."""
    in_force = kinds.rules_in_force(group.kind, group.overrides)
    members = Membership.select(Membership.participant_id).where(
        Membership.organisation == group.organisation_id,
        Membership.group == group.id,
        Membership.state == "active",
    )
    rules.check_may_join(
        participant_id,
        group_state=group.state,
        members={row.participant_id for row in members},
        max_size=in_force.max_size,
        identity=in_force.identity or "call_name",
    )


def _walked_in(group: Group, participant_id: str) -> Membership | None:
    membership: Membership | None = Membership.get_or_none(
        Membership.organisation == group.organisation_id,
        Membership.group == group.id,
        Membership.participant_id == participant_id,
        Membership.state == "active",
        Membership.placement_id.is_null(),
    )
    return membership


def _was_returned(group: Group, placement_id: str) -> bool:
    return (
        ReturnedPlacement.select()
        .where(
            ReturnedPlacement.organisation == group.organisation_id,
            ReturnedPlacement.placement_id == placement_id,
        )
        .exists()
    )


def _return_placement(group: Group, placement_id: str, participant_id: str, reason: str) -> None:
    ReturnedPlacement.create(organisation=group.organisation_id, placement_id=placement_id, reason=reason)
    service.publish(
        events.PLACEMENT_RETURNED,
        placement_id,
        {
            "placement_id": placement_id,
            "participant_id": participant_id,
            "group_id": group.id,
            "reason": reason,
        },
    )
