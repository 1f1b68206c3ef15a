"""How people come in: signing up, a talk that is planned, moved, missed or held, and a place in a group."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from services.intake.commands import placements, signups, talks
from services.intake.models import IntroTalk, Signup
from services.intake.queries.talks import place_of
from services.meetings.models import Membership
from shared import clock
from shared.ids import new_id
from shared.security.actor import PUBLIC
from tests.simulation.actors import Group, Member, Person
from tests.simulation.runner import Runner

_MORNING, _DAY_ENDS = time(9), time(22, 50)


def schedule_signups(runner: Runner, number: int, days: int) -> None:
    """Let most of them come in the first days, the others all month long."""
    first = clock.now()
    for place in range(number):
        day = runner.rng.randrange(2) if place < 0.7 * number else runner.rng.randrange(max(1, days - 5))
        on = clock.local(first).date() + timedelta(days=day)
        moment = runner.between(clock.instant(on, _MORNING), clock.instant(on, _DAY_ENDS))
        runner.later(moment, lambda: sign_up(runner))


def sign_up(runner: Runner) -> None:
    """Sign up somebody new: by themselves, or with somebody who works here."""
    person = runner.names.person()
    by = PUBLIC if runner.chance(0.6) else runner.staff["Vos"]
    person.signup = (
        runner.act(
            "person_signed_up",
            lambda: signups.register_signup(
                by,
                organisation_id=runner.organisation,
                call_name=person.name,
                email=person.email,
                mobile=person.mobile,
                purposes=person.purposes,
                signed_up_by="self" if by is PUBLIC else "staff",
                area="3412",
                request_id=new_id(),
            ),
            lambda signup: _of(person, signup),
        )
        or ""
    )
    if not person.signup:
        return
    runner.people.append(person)
    if runner.chance(0.45):
        place(runner, person)
    else:
        runner.later(clock.now() + timedelta(hours=runner.rng.uniform(0.2, 20)), lambda: plan_talk(runner, person))


def plan_talk(runner: Runner, person: Person) -> None:
    """Plan a talk in the coming days, in office hours."""
    on = clock.local(clock.now()).date() + timedelta(days=runner.rng.choice((0, 1, 1, 2, 3)))
    at = time(runner.rng.randrange(9, 20), runner.rng.choice((0, 15, 30)))
    vos = runner.staff["Vos"]
    talk = runner.act(
        "talk_planned",
        lambda: talks.schedule_intro_talk(
            vos,
            signup_id=person.signup,
            host_staff_id=vos.id,
            on=on,
            at=at,
            minutes=45,
            form="live_single",
            place="Zaal 0, Straat 0, Lindeveen",
            request_id=new_id(),
        ),
        lambda talk: {"talk": talk, "person": person.id, "on": on.isoformat(), "clock": at.strftime("%H:%M")},
    )
    if talk is None:
        runner.later(clock.now() + timedelta(hours=12), lambda: plan_talk(runner, person))
        return
    start = clock.instant(on, at)
    if runner.chance(0.15):
        runner.later(runner.between(clock.now(), start), lambda: _move_talk(runner, person, talk))
    elif runner.chance(0.08):
        runner.later(runner.between(clock.now(), start), lambda: _call_off_talk(runner, person, talk))
    runner.later(start + timedelta(minutes=50), lambda: _after_talk(runner, person, talk))


def place(runner: Runner, person: Person) -> None:
    """Place somebody in a group that keeps names, sometimes in two."""
    rooms = [group for group in runner.groups if group.keeps_names]
    for group in runner.rng.sample(rooms, min(len(rooms), 2 if runner.chance(0.2) else 1)):
        _place_in(runner, person, group)


def join(
    runner: Runner, person: Person, row: Membership, group: Group, *, at: datetime, is_walk_in: bool = False
) -> Member:
    """Make this membership part of the simulation. at: since when."""
    member = runner.members[row.id] = Member(row.id, person, group)
    runner.note_at(
        at,
        "joined",
        membership=row.id,
        person=person.id,
        group=group.id,
        starts_on=row.starts_on.isoformat(),
        is_walk_in=is_walk_in,
    )
    return member


def _of(person: Person, signup: str) -> dict[str, object]:
    person.id = Signup.get_by_id(signup).participant_id
    return {
        "person": person.id,
        "name": person.name,
        "email": person.email,
        "mobile": person.mobile,
        "purposes": list(person.purposes),
    }


def _place_in(runner: Runner, person: Person, group: Group) -> None:
    at = clock.now()
    placed = runner.act(
        "placed",
        lambda: placements.place_participant(
            runner.staff["Vos"], signup_id=person.signup, group_id=group.id, request_id=new_id()
        ),
        {"person": person.id, "group": group.id},
    )
    row = None if placed is None else Membership.get_or_none(Membership.placement_id == placed)
    if row is not None:
        join(runner, person, row, group, at=at)


def _move_talk(runner: Runner, person: Person, talk: str) -> None:
    row = IntroTalk.get_by_id(talk)
    on, at = row.on + timedelta(days=runner.rng.choice((0, 1, 2))), time(runner.rng.randrange(9, 20), 45)
    moved = runner.act(
        "talk_moved",
        lambda: talks.move_intro_talk(
            runner.staff["Vos"],
            talk_id=talk,
            host_staff_id=row.host_staff_id,
            on=on,
            at=at,
            minutes=45,
            form=row.form,
            place=place_of(row),
            request_id=new_id(),
        ),
        {"talk": talk, "person": person.id, "on": on.isoformat(), "clock": at.strftime("%H:%M")},
    )
    if moved is not None:
        runner.later(clock.instant(on, at) + timedelta(minutes=50), lambda: _after_talk(runner, person, talk))


def _call_off_talk(runner: Runner, person: Person, talk: str) -> None:
    by = "participant" if runner.chance(0.6) else "us"
    done = runner.act(
        "talk_called_off",
        lambda: talks.call_off_intro_talk(runner.staff["Vos"], talk_id=talk, by=by, request_id=new_id()),
        {"talk": talk},
    )
    if done is not None and runner.chance(0.8):
        runner.later(clock.now() + timedelta(hours=runner.rng.uniform(1, 30)), lambda: plan_talk(runner, person))


def _after_talk(runner: Runner, person: Person, talk: str) -> None:
    """Hold it or miss it; do nothing when it was called off, or moved to later."""
    row = IntroTalk.get_by_id(talk)
    if row.state not in ("planned", "moved") or _starts_at(row) > clock.now():
        return
    vos = runner.staff["Vos"]
    if runner.chance(0.1):
        runner.act(
            "talk_missed",
            lambda: talks.mark_intro_talk_missed(vos, talk_id=talk, request_id=new_id()),
            {"talk": talk},
        )
        if runner.chance(0.7):
            plan_talk(runner, person)
        return
    group = runner.rng.choice([group for group in runner.groups if group.keeps_names])
    held = runner.act(
        "talk_held",
        lambda: talks.complete_intro_talk(
            vos, talk_id=talk, outcome="joins", group_id=group.id, request_id=new_id()
        ),
        {"talk": talk},
    )
    if held is not None:
        runner.later(clock.now() + timedelta(minutes=runner.rng.uniform(2, 90)), lambda: place(runner, person))


def _starts_at(row: IntroTalk) -> datetime:
    return clock.instant(row.on, row.at, row.zone)
