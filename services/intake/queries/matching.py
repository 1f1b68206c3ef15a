"""Which groups fit somebody, best first, each with its reasons, and why the others do not."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_

from peewee import Case, ColumnBase, Expression

from services.intake.models import Group, Membership, Placement, Signup
from services.intake.queries.groups import GroupView, count_taken, view_groups
from services.intake.queries.people import open_people
from services.intake.queries.scope import find_signup
from services.intake.rules import matching as rules
from shared import clock
from shared.security.actor import Actor

# So many groups are looked at closely, and the best of them shown.
MOST_COMPARED, MOST_SHOWN = 60, 12


@dataclass(frozen=True)
class Suggestion:
    """A group that fits, with why; a reason is (code, facts)."""

    group: GroupView
    reasons: tuple[tuple[str, Mapping[str, object]], ...]


@dataclass(frozen=True)
class MatchView:
    """The groups that fit, best first, and the names of the others by the one reason why not.

    has_more  there are groups that are not among these
    """

    suggested: tuple[Suggestion, ...]
    left_out: Mapping[str, tuple[str, ...]]
    has_more: bool


def get_match(actor: Actor, signup_id: str, *, name: str = "", also: Iterable[str | None] = ()) -> MatchView:
    """Return the groups of its organisation that fit a sign-up best, and of others why not. NotFound.

    Of many groups only those are looked at closely that the database puts first; that takes as many statements as
    of few. Who looks for another one gives a part of its name.

    name  only groups with this in their name
    also  groups that are shown beside the best, when they fit: what was decided on
    """
    signup, shown = find_signup(actor, signup_id), frozenset(each for each in also if each)
    wish = _wish(signup)
    rows = {row.id: row for row in _candidates(signup.organisation_id, wish, name, shown)}
    views = {view.id: view for view in view_groups(rows.values())}
    offers = [_offer(row, views[group_id]) for group_id, row in rows.items()]
    matches = rules.best_groups(wish, offers, clock.today())
    left_out: dict[str, list[str]] = {}
    for left in matches.left_out:
        left_out.setdefault(left.reason, []).append(rows[left.group_id].name)
    best = [fit for number, fit in enumerate(matches.suggested) if number < MOST_SHOWN or fit.group_id in shown]
    return MatchView(
        tuple(Suggestion(views[fit.group_id], tuple(fit.reasons)) for fit in best),
        {reason: tuple(names) for reason, names in left_out.items()},
        has_more=len(best) < len(matches.suggested) or len(rows) >= MOST_COMPARED,
    )


def _candidates(organisation_id: str, wish: rules.Wish, name: str, shown: Collection[str]) -> list[Group]:
    """Return the groups that may fit best: those with the most points, and of equals those that meet soonest.

    These are the points of rules.matching without what needs a calendar: the first day to start, and free places.
    """
    possible = (Group.organisation_id == organisation_id) & (Group.state != "ended")
    if name:
        possible &= Group.name.contains(name)
    today = clock.today().weekday()
    wait = Case(None, [(Group.weekday >= today, Group.weekday - today)], Group.weekday - today + 7)
    first = (Group.id.in_(sorted(shown)).desc(),) if shown else ()
    ids = Group.select(Group.id).where(possible).order_by(*first, _points(wish).desc(), wait, Group.id)
    return list(Group.select().where(Group.id.in_(ids.limit(MOST_COMPARED))))


def _points(wish: rules.Wish) -> ColumnBase:
    """Select how many points a group has, far below zero where it cannot fit."""
    points: ColumnBase = Case(None, [(_cannot_fit(wish), -1000)], 0)
    near = [
        (Group.area.startswith(wish.area[:digits]), rules.NEAR_POINTS[digits])
        for digits in (4, 3, 2)
        if wish.area and len(wish.area) >= digits
    ]
    if near:
        points += Case(None, near, 0)
    has_day, has_part = Group.weekday.in_(sorted(wish.days)), _is_in(wish.parts_of_day)
    points += Case(
        None,
        [
            (has_day & has_part, rules.DAY_AND_TIME_POINTS),
            (has_day, rules.DAY_POINTS),
            (has_part, rules.PART_OF_DAY_POINTS),
        ],
        0,
    )
    for theme in sorted(wish.themes)[: rules.MOST_THEMES]:
        points += Case(None, [(Group.themes.cast("text").contains(json.dumps(theme)), rules.THEME_POINTS)], 0)
    if wish.tried:
        points += Case(None, [(Group.id.in_(sorted(wish.tried)), rules.TRIED_POINTS)], 0)
    return points


def _cannot_fit(wish: rules.Wish) -> Expression:
    cannot = Group.id.in_(sorted(wish.belongs | wish.avoids)) | Group.state.not_in(sorted(rules.RUNNING_STATES))
    if wish.audience is not None:
        cannot |= Group.audience.not_in((wish.audience, "both"))
    for need in sorted(wish.needs):
        cannot |= ~Group.features.cast("text").contains(json.dumps(need))
    return cannot


def _is_in(parts_of_day: Collection[str]) -> Expression:
    bounds = {
        "morning": Group.at < rules.NOON,
        "afternoon": (Group.at >= rules.NOON) & (Group.at < rules.EVENING),
        "evening": Group.at >= rules.EVENING,
    }
    return reduce(or_, (bounds[part] for part in sorted(parts_of_day)), Group.id.in_(()))


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
