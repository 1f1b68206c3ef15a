"""Sign-ups: who waits for what, and everything about one of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from peewee import SQL, Case, ModelSelect, fn

from services.intake.models import IntroTalk, Placement, Signup
from services.intake.queries import organisations, people
from services.intake.queries.people import Person
from services.intake.queries.placements import PlacementView, placement_views
from services.intake.queries.scope import ROLES, find_signup, list_page, ours
from services.intake.queries.talks import TalkView, ends_at, talk_views
from services.intake.rules.signups import WALK_IN, NextStep, SignupProgress, SignupState, step_on
from shared import clock
from shared.security.actor import Actor
from shared.storage import all_ids, first_ids

STEPS = tuple(str(step) for step in NextStep if step != NextStep.NOTHING)
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


@dataclass(frozen=True)
class WaitingFilter:
    """Which open sign-ups; everything may be left empty.

    host_id  who holds the talk that is planned        days  waiting for at least so many
    until    no sign-up with an id above this one
    """

    organisation_id: str = ""
    host_id: str = ""
    days: int = 0
    until: str = ""


EVERYBODY = WaitingFilter()


def list_waiting(
    actor: Actor,
    wanted: WaitingFilter = EVERYBODY,
    step: str | None = None,
    *,
    limit: int | None = None,
    offset: int = 0,
) -> list[SignupView]:
    """Return open sign-ups, of one step or of all, longest waiting first, in a constant number of statements."""
    order = (Signup.received_at, Signup.id) if step is None else (Signup.step_at, Signup.id)
    ids = _waiting(actor, wanted, step).order_by(*order).limit(limit).offset(offset)
    return _views(actor, Signup.select().where(Signup.id.in_(ids)).order_by(*order))


def list_by_step(actor: Actor, wanted: WaitingFilter = EVERYBODY, *, most: int) -> dict[str, list[SignupView]]:
    """Return the first open sign-ups of each next step; the steps in the order in which to handle them."""
    steps = count_by_step(actor, wanted)
    order = (Signup.step_at, Signup.id)
    first = all_ids([_waiting(actor, wanted, step).order_by(*order).limit(most) for step in STEPS])
    views = _views(actor, Signup.select().where(Signup.id.in_(first)).order_by(*order))
    return {step: [view for view in views if view.next_step == step] for step in steps}


def count_by_step(actor: Actor, wanted: WaitingFilter = EVERYBODY) -> dict[str, int]:
    """Return how many wait for each next step, in the order in which to handle them, without steps of nobody."""
    is_over = (Signup.step == NextStep.HOLD_TALK) & (Signup.step_at <= clock.now())
    step = Case(None, [(is_over, NextStep.TELL_OUTCOME)], Signup.step)
    # By its place: the database cannot tell that a value that is bound twice is the same one.
    rows = _waiting(actor, wanted, None).select(step, fn.COUNT(Signup.id)).group_by(SQL("1"))
    numbers: dict[str, int] = dict(rows.tuples())
    return {str(each): numbers[each] for each in NextStep if each in numbers}


def list_finished(actor: Actor, *, before: str | None = None, limit: int) -> list[SignupView]:
    """Return the newest sign-ups that were placed or closed, of those below the id `before` when it is given."""
    rows, newest = Signup.select(Signup.id).where(Signup.id < before if before else True), (Signup.id.desc(),)
    own = actor.organisations(*ROLES)
    placed, closed = (
        first_ids(rows.where(Signup.state == state), Signup.organisation_id, own, newest, limit)
        for state in (SignupState.PLACED, SignupState.CLOSED)
    )
    signups = Signup.select().where(Signup.id.in_(placed) | Signup.id.in_(closed))
    return _views(actor, signups.order_by(*newest).limit(limit))


def _waiting(actor: Actor, wanted: WaitingFilter, step: str | None) -> ModelSelect[Signup]:
    rows = Signup.select(Signup.id).where(ours(actor, Signup.organisation_id), Signup.step.is_null(False))
    if step == NextStep.TELL_OUTCOME:
        rows = rows.where(Signup.step == NextStep.HOLD_TALK, Signup.step_at <= clock.now())
    elif step == NextStep.HOLD_TALK:
        rows = rows.where(Signup.step == step, Signup.step_at > clock.now())
    elif step is not None:
        rows = rows.where(Signup.step == step)
    if wanted.organisation_id:
        rows = rows.where(Signup.organisation_id == wanted.organisation_id)
    if wanted.host_id:
        talks = IntroTalk.select(IntroTalk.signup).where(
            IntroTalk.host_staff_id == wanted.host_id, IntroTalk.state.in_(("planned", "moved"))
        )
        rows = rows.where(Signup.id.in_(talks))
    if wanted.days:
        rows = rows.where(Signup.received_at <= clock.now() - timedelta(days=wanted.days))
    if wanted.until:
        rows = rows.where(Signup.id <= wanted.until)
    return rows


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
    if not signups:
        return []
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
    return SignupView(
        id=row.id,
        organisation_id=row.organisation_id,
        organisation=organisation,
        state=row.state,
        next_step=step_on(row.step, row.step_at, clock.now()),
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


def progress_of(signup: Signup) -> SignupProgress:
    """Return what decides the next step, without a placement that was returned before the newest decision."""
    talks = list(IntroTalk.select().where(IntroTalk.signup == signup.id).order_by(IntroTalk.id))
    place = Placement.select().where(Placement.signup == signup.id).order_by(Placement.id.desc()).first()
    held = next((talk for talk in reversed(talks) if talk.state == "held"), None)
    is_newer = place and (held is None or held.decided_at is None or place.placed_at >= held.decided_at)
    return SignupProgress(
        state=signup.state,
        talk_ends_at=ends_at(talks[-1]) if talks else None,
        outcome=held.outcome if held else None,
        placement=place.state if place and is_newer else None,
        asks_reach=signup.signed_up_by == WALK_IN and people.has_no_address(signup.participant_id),
    )


def _by_signup(views: Iterable[View]) -> Mapping[str, tuple[View, ...]]:
    by_signup: dict[str, list[View]] = {}
    for view in views:
        by_signup.setdefault(view.signup_id, []).append(view)
    return {signup_id: tuple(of_signup) for signup_id, of_signup in by_signup.items()}
