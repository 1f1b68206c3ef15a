"""Sign-ups: who waits for what, and everything about one of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from services.intake.models import IntroTalk, Placement, Signup, service
from services.intake.queries import groups, organisations, people
from services.intake.queries.people import Person
from services.intake.queries.scope import find_signup, find_talk, ours
from services.intake.rules import progress
from services.intake.rules import talk as talk_rules
from shared import clock
from shared.security.actor import Actor

FINISHED_SHOWN = 100


@dataclass(frozen=True)
class TalkView:
    """An introductory talk; on, at in the wall time of its zone."""

    id: str
    signup_id: str
    host_staff_id: str
    host_name: str
    on: date
    at: time
    minutes: int
    form: str
    place: str
    state: str
    starts_at: datetime
    ends_at: datetime
    called_off_by: str | None
    outcome: str | None
    group_id: str | None
    group_name: str
    reason: str | None
    helps_instead: str | None
    way_back: str | None
    second_look: bool
    decided_at: datetime | None

    @property
    def is_planned(self) -> bool:
        """Whether it is still to come, or was and nobody said how it went."""
        return self.state in ("planned", "moved")


@dataclass(frozen=True)
class PlacementView:
    """A place that was given."""

    id: str
    group_id: str
    group_name: str
    starts_on: date
    state: str
    placed_at: datetime
    returned_because: str | None


@dataclass(frozen=True)
class Wish:
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

    next_step  of rules.progress.NextStep
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
    wish: Wish
    talks: tuple[TalkView, ...]
    placements: tuple[PlacementView, ...]
    doubles: tuple[str, ...]
    closed_because: str | None
    closed_at: datetime | None

    @property
    def talk(self) -> TalkView | None:
        """The newest talk."""
        return self.talks[-1] if self.talks else None

    @property
    def held_talk(self) -> TalkView | None:
        """The newest talk that was held: what it decided holds."""
        return next((talk for talk in reversed(self.talks) if talk.state == "held"), None)

    @property
    def placement(self) -> PlacementView | None:
        """The newest place."""
        return self.placements[-1] if self.placements else None


def list_waiting(actor: Actor) -> list[SignupView]:
    """Whoever waits for something, longest first, in a constant number of statements."""
    waits_for_group = Placement.select(Placement.signup).where(Placement.state == "placed")
    is_waiting = Signup.state.in_(["received", "talk_planned", "talk_held"]) | Signup.id.in_(waits_for_group)
    is_waiting |= Signup.id.in_(people.walk_ins_without_address())
    rows = Signup.select().where(ours(actor, Signup.organisation_id), is_waiting)
    return _views(actor, rows.order_by(Signup.received_at))


def list_by_step(actor: Actor) -> dict[str, list[SignupView]]:
    """Whoever waits, by what they wait for: the order of both is the order in which to go about it."""
    views = list_waiting(actor)
    found = {str(step): [view for view in views if view.next_step == step] for step in progress.NextStep}
    for step in (progress.NextStep.HOLD_TALK, progress.NextStep.TELL_OUTCOME):
        found[step].sort(key=lambda view: view.talk.starts_at if view.talk else view.received_at)
    return {step: those for step, those in found.items() if those}


def list_finished(actor: Actor) -> list[SignupView]:
    """Who has a place or whose sign-up was closed: the newest hundred."""
    rows = Signup.select().where(ours(actor, Signup.organisation_id), Signup.state.in_(["placed", "closed"]))
    return _views(actor, rows.order_by(Signup.received_at.desc()).limit(FINISHED_SHOWN))


def list_by_ids(actor: Actor, signup_ids: Iterable[str]) -> list[SignupView]:
    """These sign-ups as far as the actor may see them, longest ago first."""
    rows = Signup.select().where(ours(actor, Signup.organisation_id), Signup.id.in_(list(signup_ids)))
    return _views(actor, rows.order_by(Signup.received_at))


def get_signup(actor: Actor, signup_id: str) -> SignupView:
    """One sign-up; NotFound when there is none, or not for this actor."""
    return _views(actor, [find_signup(actor, signup_id)])[0]


def get_help_question(actor: Actor, signup_id: str) -> str:
    """Somebody's own words; empty when they left it open. NotFound."""
    return people.open_help_question(find_signup(actor, signup_id))


def get_talk(actor: Actor, talk_id: str) -> TalkView:
    """One talk; NotFound when there is none, or not for this actor."""
    return _talks([find_talk(actor, talk_id)])[0]


def get_match(actor: Actor, signup_id: str) -> groups.Match:
    """The groups that fit this sign-up, and the others with why not. NotFound."""
    return groups.match_groups(find_signup(actor, signup_id))


def may_tell_outcome(view: SignupView) -> bool:
    """Whether the newest talk may be said to have been held by now."""
    talk = view.talk
    return (
        talk is not None
        and talk_rules.may_become(talk.state, "held")
        and clock.now() >= talk.starts_at - talk_rules.MAY_HOLD_BEFORE
    )


def usual_host(actor: Actor, organisation_id: str) -> str:
    """Who is likely to hold the next talk: the asker when they may, else whoever held the newest one."""
    hosts = {host.id for host in organisations.list_hosts(organisation_id)}
    newest = IntroTalk.select().where(IntroTalk.organisation_id == organisation_id).order_by(IntroTalk.id.desc())
    talk = newest.first()
    likely = [actor.id] + ([talk.host_staff_id] if talk else [])
    return next((one for one in likely if one in hosts), "")


def last_place(organisation_id: str) -> str:
    """Where the newest talk of this organisation is held: most are held where the last one was."""
    row = (
        IntroTalk.select(IntroTalk.place)
        .where(IntroTalk.organisation_id == organisation_id, IntroTalk.form.startswith("live"))
        .order_by(IntroTalk.id.desc())
        .first()
    )
    return "" if row is None else row.place


def _views(actor: Actor, rows: Iterable[Signup]) -> list[SignupView]:
    signups = list(rows)
    ids, participant_ids = [row.id for row in signups], [row.participant_id for row in signups]
    found = people.open_people(participant_ids)
    doubles = people.find_likely_doubles(participant_ids)
    names = {one.id: one.name for one in organisations.list_own_organisations(actor)}
    talks = _by_signup(_talks(IntroTalk.select().where(IntroTalk.signup.in_(ids)).order_by(IntroTalk.id)))
    placements = _placements(ids)
    return [
        _view(
            row, found[row.participant_id], names.get(row.organisation_id, ""), talks.get(row.id, ()),
            placements.get(row.id, ()), doubles.get(row.participant_id, ()),
        )
        for row in signups
    ]  # fmt: skip


def _view(
    row: Signup, person: Person, organisation: str, talks: tuple[TalkView, ...],
    placements: tuple[PlacementView, ...], doubles: tuple[str, ...],
) -> SignupView:  # fmt: skip
    view = SignupView(
        id=row.id, organisation_id=row.organisation_id, organisation=organisation, state=row.state, next_step="",
        signed_up_by=row.signed_up_by, received_at=row.received_at, person=person, talks=talks,
        placements=placements, doubles=doubles, closed_because=row.closed_because, closed_at=row.closed_at,
        wish=Wish(
            days=tuple(row.days), parts_of_day=tuple(row.parts_of_day), area=row.area, audience=row.audience,
            needs=tuple(row.needs), themes=tuple(row.themes), avoided_groups=tuple(row.avoided_groups),
        ),
    )  # fmt: skip
    return replace(view, next_step=progress.next_step(_standing(view), clock.now()))


def _standing(view: SignupView) -> progress.Standing:
    """A place that came back before the newest decision was dealt with by that decision."""
    held, place = view.held_talk, view.placement
    is_newer = place and (held is None or held.decided_at is None or place.placed_at >= held.decided_at)
    return progress.Standing(
        state=view.state,
        talk_ends_at=view.talk.ends_at if view.talk else None,
        outcome=held.outcome if held else None,
        placement=place.state if place and is_newer else None,
        asks_reach=view.signed_up_by == progress.WALK_IN and view.person.is_anonymous,
    )


def _talks(rows: Iterable[IntroTalk]) -> list[TalkView]:
    talks = list(rows)
    hosts = organisations.names_of({row.host_staff_id for row in talks})
    named = groups.names_of({row.group_id for row in talks if row.group_id})
    return [_talk(row, hosts.get(row.host_staff_id, ""), named.get(row.group_id, "")) for row in talks]


def _talk(row: IntroTalk, host_name: str, group_name: str) -> TalkView:
    starts_at = clock.instant(row.on, row.at, row.zone)
    reason = service.encryption.open(row.reason, "intro_talk.reason", row.id) if row.reason else None
    return TalkView(
        id=row.id, signup_id=row.signup_id, host_staff_id=row.host_staff_id, host_name=host_name, on=row.on,
        at=row.at, minutes=row.minutes, form=row.form, place=row.place, state=row.state, starts_at=starts_at,
        ends_at=progress.ends_at(starts_at, row.minutes), called_off_by=row.called_off_by, outcome=row.outcome,
        group_id=row.group_id, group_name=group_name, reason=reason, helps_instead=row.helps_instead,
        way_back=row.way_back, second_look=row.second_look, decided_at=row.decided_at,
    )  # fmt: skip


def _by_signup(talks: Iterable[TalkView]) -> Mapping[str, tuple[TalkView, ...]]:
    found: dict[str, tuple[TalkView, ...]] = {}
    for talk in talks:
        found[talk.signup_id] = (*found.get(talk.signup_id, ()), talk)
    return found


def _placements(signup_ids: list[str]) -> Mapping[str, tuple[PlacementView, ...]]:
    rows = list(Placement.select().where(Placement.signup.in_(signup_ids)).order_by(Placement.id))
    named = groups.names_of({row.group_id for row in rows})
    found: dict[str, tuple[PlacementView, ...]] = {}
    for row in rows:
        view = PlacementView(
            row.id, row.group_id, named.get(row.group_id, ""), row.starts_on, row.state, row.placed_at,
            row.returned_because,
        )  # fmt: skip
        found[row.signup_id] = (*found.get(row.signup_id, ()), view)
    return found
