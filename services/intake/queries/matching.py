"""Which groups fit somebody, best first, each with its reasons, and why the others do not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.intake.models import Group, Membership, Placement, Signup
from services.intake.queries.groups import GroupView, count_taken, view_groups
from services.intake.queries.people import open_people
from services.intake.queries.scope import find_signup
from services.intake.rules import matching as rules
from shared import clock
from shared.security.actor import Actor


@dataclass(frozen=True)
class Suggestion:
    """A group that fits, with why; a reason is (code, facts)."""

    group: GroupView
    reasons: tuple[tuple[str, Mapping[str, object]], ...]


@dataclass(frozen=True)
class MatchView:
    """The groups that fit, best first, and the names of the others by the one reason why not."""

    suggested: tuple[Suggestion, ...]
    left_out: Mapping[str, tuple[str, ...]]


def get_match(actor: Actor, signup_id: str) -> MatchView:
    """Return how every group of its organisation fits a sign-up, in a constant number of statements. NotFound."""
    signup = find_signup(actor, signup_id)
    is_possible = (Group.organisation_id == signup.organisation_id) & (Group.state != "ended")
    rows = {row.id: row for row in Group.select().where(is_possible)}
    views = {view.id: view for view in view_groups(rows.values())}
    offers = [_offer(row, views[group_id]) for group_id, row in rows.items()]
    matches = rules.best_groups(_wish(signup), offers, clock.today())
    left_out: dict[str, list[str]] = {}
    for left in matches.left_out:
        left_out.setdefault(left.reason, []).append(rows[left.group_id].name)
    return MatchView(
        tuple(Suggestion(views[fit.group_id], tuple(fit.reasons)) for fit in matches.suggested),
        {reason: tuple(names) for reason, names in left_out.items()},
    )


def shares_call_name(signup_id: str, group_id: str) -> bool:
    """Return whether somebody in this group is called as the person of this sign-up."""
    signup = Signup.get_by_id(signup_id)
    taken = count_taken([group_id])[group_id]
    others = (taken.members | taken.placed) - {signup.participant_id}
    names = {person.call_name.casefold() for person in open_people(sorted(others)).values()}
    return open_people([signup.participant_id])[signup.participant_id].call_name.casefold() in names


def _offer(group: Group, view: GroupView) -> rules.GroupOffer:
    return rules.GroupOffer(
        group_id=group.id,
        name=group.name,
        audience=group.audience,
        admission=group.admission,
        next_entry_on=view.start.on if view.start else None,
        weekday=group.weekday,
        at=group.at,
        places_left=view.places_left,
        features=frozenset(group.features),
        area=group.area or None,
        themes=frozenset(group.themes),
        state=group.state,
    )


def _wish(signup: Signup) -> rules.Wish:
    memberships = list(Membership.select().where(Membership.participant_id == signup.participant_id))
    placed = Placement.select(Placement.group_id).where(
        Placement.participant == signup.participant_id, Placement.state == "placed"
    )
    belongs = {row.group_id for row in memberships if row.state == "active"} | {row.group_id for row in placed}
    return rules.Wish(
        audience=signup.audience,
        days=frozenset(signup.days),
        parts_of_day=frozenset(signup.parts_of_day),
        area=signup.area,
        needs=frozenset(signup.needs),
        avoids=frozenset(signup.avoided_groups),
        themes=frozenset(signup.themes),
        tried=frozenset(row.group_id for row in memberships) - belongs,
        belongs=frozenset(belongs),
    )
