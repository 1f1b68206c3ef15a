"""Placements in groups: made by a person, counted only here, confirmed or returned by meetings."""

from __future__ import annotations

from services.intake.commands.next_steps import keep_next_step
from services.intake.commands.publishing import publish_placed, publish_placement_withdrawn
from services.intake.commands.signups import resting_state
from services.intake.models import Group, Placement, Signup, service
from services.intake.queries.groups import count_taken, find_starts
from services.intake.queries.scope import find_placement, find_signup
from services.intake.rules import placements as rules
from services.intake.rules.placements import PlacementState
from services.intake.rules.signups import SignupState, check_may_give_place
from shared import clock
from shared.errors import GiveUp, Refusal
from shared.ids import new_id
from shared.security.actor import Actor


@service.command
def place_participant(actor: Actor, *, signup_id: str, group_id: str, request_id: str) -> str:
    """Place somebody in a group of their organisation, from the first day they may start; return its id.

    Counting and placing are one transaction: the last place is never given twice.
    Refused: signup_closed, talk_first, group_unknown, what rules.placements.check_may_place refuses; NotFound.
    """
    signup = find_signup(actor, signup_id)
    check_may_give_place(signup.state)
    group = Group.get_or_none(Group.id == group_id, Group.organisation_id == signup.organisation_id)
    if group is None:
        raise Refusal("group_unknown", field="group_id")
    return give_place(actor, signup, group)


@service.command
def withdraw_placement(actor: Actor, *, placement_id: str, request_id: str) -> str:
    """Take a placement back shortly after it was made; the sign-up waits again. Return the placement's id.

    Refused: placement_stands; NotFound.
    """
    placement = find_placement(actor, placement_id)
    rules.check_may_withdraw(placement.state, placement.placed_at, clock.now())
    placement.state = PlacementState.ENDED
    placement.save()
    signup = placement.signup
    signup.state = resting_state(signup)
    signup.save()
    keep_next_step(signup)
    publish_placement_withdrawn(placement)
    service.audit.record(
        actor, "change", "placement", placement.id, purpose="placement", organisation_id=placement.organisation_id
    )
    return placement_id


def give_place(actor: Actor, signup: Signup, group: Group) -> str:
    """Place somebody inside the transaction of a command; refusals as `place_participant`."""
    _check_may_place(signup, group)
    start = find_starts([group])[group.id]
    if start is None:
        raise Refusal("group_not_joinable")
    placement = Placement.create(
        id=new_id(),
        organisation_id=signup.organisation_id,
        signup=signup.id,
        participant=signup.participant_id,
        group_id=group.id,
        starts_on=start.on,
        state=PlacementState.PLACED,
        placed_at=clock.now(),
    )
    signup.state = SignupState.PLACED
    signup.save()
    keep_next_step(signup)
    publish_placed(placement)
    service.audit.record(
        actor, "create", "placement", placement.id, purpose="placement", organisation_id=signup.organisation_id
    )
    return str(placement.id)


def take_back_placement(placement_id: str, reason: str) -> None:
    """Return a placement that the group could not take; the sign-up waits again, with the reason.

    Idempotent, also once the membership is known. GiveUp when there is no such placement.
    """
    placement = Placement.get_or_none(Placement.id == placement_id)
    if placement is None:
        raise GiveUp("no such placement")
    if not rules.may_become(placement.state, PlacementState.RETURNED):
        return
    placement.state, placement.returned_because = PlacementState.RETURNED, reason
    placement.save()
    signup = placement.signup
    if signup.state == SignupState.PLACED:
        signup.state = resting_state(signup)
        signup.save()
    keep_next_step(signup)


def settle_placement(placement_id: str, is_active: bool) -> None:
    """Confirm or end a placement as its membership does in meetings. Idempotent."""
    placement = Placement.get_or_none(Placement.id == placement_id)
    to = PlacementState.CONFIRMED if is_active else PlacementState.ENDED
    if placement is not None and rules.may_become(placement.state, to):
        placement.state = to
        placement.save()
        keep_next_step(placement.signup)


def _check_may_place(signup: Signup, group: Group) -> None:
    taken = count_taken([group.id])[group.id]
    rules.check_may_place(
        signup.participant_id,
        group_state=group.state,
        identity=group.identity,
        max_size=group.max_size,
        member_ids=taken.members,
        open_placement_ids=taken.placed,
    )
