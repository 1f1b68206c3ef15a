"""Sign-ups: who waits for what, and everything about one of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from services.intake.models import IntroTalk, Placement, Signup
from services.intake.queries import organisations, people
from services.intake.queries.people import Person
from services.intake.queries.placements import PlacementView, placement_views
from services.intake.queries.scope import find_signup, list_page, ours
from services.intake.queries.talks import TalkView, talk_views
from services.intake.rules.signups import WALK_IN, NextStep, SignupProgress, next_step
from shared import clock
from shared.security.actor import Actor

FINISHED_SHOWN = 100
View = TypeVar("View", TalkView, PlacementView)


@dataclass(frozen=True)
class WishView:
    """What somebody looks for; whatever is empty was left open."""

    days: tuple[int, ...]
    parts_of_day: tuple[str, ...]
    area: str | None
    audience: str | None
    needs: tuple[str, ...]
    themes: tuple[str, ...]
    avoided_groups: tuple[str, ...]


@dataclass(frozen=True)
class SignupView:
    """One sign-up with its person, talks and places; oldest first in both.

    next_step  of rules.signups.NextStep
    doubles    ids of other sign-ups that may be of the same person
    """

    id: str
    organisation_id: str
    organisation: str
    state: str
    next_step: str
    signed_up_by: str
    received_at: datetime
    person: Person
    wish: WishView
    talks: tuple[TalkView, ...]
    placements: tuple[PlacementView, ...]
    doubles: tuple[str, ...]
    closed_because: str | None
    closed_at: datetime | None

    @property
    def talk(self) -> TalkView | None:
        """Return the newest talk."""
        return self.talks[-1] if self.talks else None

    @property
    def held_talk(self) -> TalkView | None:
        """Return the newest talk that was held: what it decided holds."""
        return next((talk for talk in reversed(self.talks) if talk.state == "held"), None)

    @property
    def placement(self) -> PlacementView | None:
        """Return the newest placement."""
        return self.placements[-1] if self.placements else None


def list_waiting(actor: Actor) -> list[SignupView]:
    """Return open sign-ups, longest waiting first, in a constant number of statements."""
    waits_for_group = Placement.select(Placement.signup).where(Placement.state == "placed")
    is_waiting = Signup.state.in_(["received", "talk_planned", "talk_held"]) | Signup.id.in_(waits_for_group)
    is_waiting |= Signup.id.in_(people.walk_ins_without_address())
    rows = Signup.select().where(ours(actor, Signup.organisation_id), is_waiting)
    return _views(actor, rows.order_by(Signup.received_at))


def list_by_step(actor: Actor) -> dict[str, list[SignupView]]:
    """Return open sign-ups by next step; the steps and the sign-ups in the order in which to handle them."""
    waiting = list_waiting(actor)
    by_step = {str(step): [view for view in waiting if view.next_step == step] for step in NextStep}
    for step in (NextStep.HOLD_TALK, NextStep.TELL_OUTCOME):
        by_step[step].sort(key=lambda view: view.talk.starts_at if view.talk else view.received_at)
    return {step: views for step, views in by_step.items() if views}


def list_finished(actor: Actor) -> list[SignupView]:
    """Return the newest hundred sign-ups that were placed or closed."""
    rows = Signup.select().where(ours(actor, Signup.organisation_id), Signup.state.in_(["placed", "closed"]))
    return _views(actor, rows.order_by(Signup.received_at.desc()).limit(FINISHED_SHOWN))


def list_by_ids(actor: Actor, signup_ids: Iterable[str]) -> list[SignupView]:
    """Return those of these sign-ups that the actor may see, oldest first."""
    rows = Signup.select().where(ours(actor, Signup.organisation_id), Signup.id.in_(list(signup_ids)))
    return _views(actor, rows.order_by(Signup.received_at))


def page_signups(actor: Actor, *, after: str | None, limit: int, state: str | None) -> list[SignupView]:
    """Return the next sign-ups after this id, in a constant number of statements."""
    return _views(actor, list_page(actor, Signup, after=after, limit=limit, state=state))


def get_signup(actor: Actor, signup_id: str) -> SignupView:
    """Return one sign-up; NotFound when there is none, or not for this actor."""
    return _views(actor, [find_signup(actor, signup_id)])[0]


def get_help_question(actor: Actor, signup_id: str) -> str:
    """Return somebody's own words; empty when they left it open. NotFound."""
    return people.open_help_question(find_signup(actor, signup_id))


def _views(actor: Actor, rows: Iterable[Signup]) -> list[SignupView]:
    signups = list(rows)
    ids, participant_ids = [row.id for row in signups], [row.participant_id for row in signups]
    persons = people.open_people(participant_ids)
    doubles = people.find_likely_doubles(participant_ids)
    names = {organisation.id: organisation.name for organisation in organisations.list_own_organisations(actor)}
    talks = _by_signup(talk_views(IntroTalk.select().where(IntroTalk.signup.in_(ids)).order_by(IntroTalk.id)))
    placements = _by_signup(
        placement_views(Placement.select().where(Placement.signup.in_(ids)).order_by(Placement.id))
    )
    return [
        _view(
            row,
            persons[row.participant_id],
            names.get(row.organisation_id, ""),
            talks.get(row.id, ()),
            placements.get(row.id, ()),
            doubles.get(row.participant_id, ()),
        )
        for row in signups
    ]


def _view(
    row: Signup,
    person: Person,
    organisation: str,
    talks: tuple[TalkView, ...],
    placements: tuple[PlacementView, ...],
    doubles: tuple[str, ...],
) -> SignupView:
    view = SignupView(
        id=row.id,
        organisation_id=row.organisation_id,
        organisation=organisation,
        state=row.state,
        next_step="",
        signed_up_by=row.signed_up_by,
        received_at=row.received_at,
        person=person,
        talks=talks,
        placements=placements,
        doubles=doubles,
        closed_because=row.closed_because,
        closed_at=row.closed_at,
        wish=WishView(
            days=tuple(row.days),
            parts_of_day=tuple(row.parts_of_day),
            area=row.area,
            audience=row.audience,
            needs=tuple(row.needs),
            themes=tuple(row.themes),
            avoided_groups=tuple(row.avoided_groups),
        ),
    )
    return replace(view, next_step=next_step(_progress(view), clock.now()))


def _progress(view: SignupView) -> SignupProgress:
    """Return what decides the next step, without a placement that was returned before the newest decision."""
    held, place = view.held_talk, view.placement
    is_newer = place and (held is None or held.decided_at is None or place.placed_at >= held.decided_at)
    return SignupProgress(
        state=view.state,
        talk_ends_at=view.talk.ends_at if view.talk else None,
        outcome=held.outcome if held else None,
        placement=place.state if place and is_newer else None,
        asks_reach=view.signed_up_by == WALK_IN and view.person.is_anonymous,
    )


def _by_signup(views: Iterable[View]) -> Mapping[str, tuple[View, ...]]:
    by_signup: dict[str, list[View]] = {}
    for view in views:
        by_signup.setdefault(view.signup_id, []).append(view)
    return {signup_id: tuple(of_signup) for signup_id, of_signup in by_signup.items()}
