"""How people come in: signing up, a talk that is planned, moved, missed or held, and a place in a group."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from services.intake.commands import placements, signups, talks
from services.intake.models import IntroTalk, Signup
from services.meetings.models import Membership
from shared import clock
from shared.ids import new_id
from shared.security.actor import PUBLIC
from tests.simulation.actors import Group, Member, Person
from tests.simulation.runner import Play

_MORNING, _DAY_ENDS = time(9), time(22, 50)


def let_people_come(play: Play, number: int, days: int) -> None:
    """Most of them come in the first days, the others all month long."""
    first = clock.now()
    for place in range(number):
        day = play.dice.randrange(2) if place < 0.7 * number else play.dice.randrange(max(1, days - 5))
        on = clock.local(first).date() + timedelta(days=day)
        moment = play.between(clock.instant(on, _MORNING), clock.instant(on, _DAY_ENDS))
        play.later(moment, lambda: sign_up(play))


def sign_up(play: Play) -> None:
    """Somebody new: by themselves, or with somebody who works here."""
    person = play.names.person()
    by = PUBLIC if play.chance(0.6) else play.staff["Vos"]
    person.signup = play.act(
        "person_came",
        lambda: signups.register_signup(
            by, organisation_id=play.organisation, call_name=person.name, email=person.email,
            mobile=person.mobile, purposes=person.purposes, signed_up_by="self" if by is PUBLIC else "staff",
            area="3412", request_id=new_id(),
        ),
        lambda signup: _of(person, signup),
    ) or ""  # fmt: skip
    if not person.signup:
        return
    play.people.append(person)
    if play.chance(0.45):
        place(play, person)
    else:
        play.later(clock.now() + timedelta(hours=play.dice.uniform(0.2, 20)), lambda: plan_talk(play, person))


def plan_talk(play: Play, person: Person) -> None:
    """A talk in the coming days, in office hours."""
    on = clock.local(clock.now()).date() + timedelta(days=play.dice.choice((0, 1, 1, 2, 3)))
    at = time(play.dice.randrange(9, 20), play.dice.choice((0, 15, 30)))
    vos = play.staff["Vos"]
    talk = play.act(
        "talk_planned",
        lambda: talks.schedule_intro_talk(
            vos, signup_id=person.signup, host_staff_id=vos.id, on=on, at=at, minutes=45, form="live_single",
            place="Zaal 0, Straat 0, Lindeveen", request_id=new_id(),
        ),
        lambda talk: {"talk": talk, "person": person.id, "on": on.isoformat(), "clock": at.strftime("%H:%M")},
    )  # fmt: skip
    if talk is None:
        play.later(clock.now() + timedelta(hours=12), lambda: plan_talk(play, person))
        return
    start = clock.instant(on, at)
    if play.chance(0.15):
        play.later(play.between(clock.now(), start), lambda: _move_talk(play, person, talk))
    elif play.chance(0.08):
        play.later(play.between(clock.now(), start), lambda: _call_off_talk(play, person, talk))
    play.later(start + timedelta(minutes=50), lambda: _after_talk(play, person, talk))


def place(play: Play, person: Person) -> None:
    """A place in a group that keeps names, sometimes in two."""
    rooms = [group for group in play.groups if group.keeps_names]
    for group in play.dice.sample(rooms, min(len(rooms), 2 if play.chance(0.2) else 1)):
        _place_in(play, person, group)


def join(
    play: Play, person: Person, row: Membership, group: Group, *, at: datetime, is_walk_in: bool = False
) -> Member:
    """From now on this stay is part of the play. at: since when."""
    member = play.members[row.id] = Member(row.id, person, group)
    play.note_at(
        at, "joined", membership=row.id, person=person.id, group=group.id, starts_on=row.starts_on.isoformat(),
        is_walk_in=is_walk_in,
    )  # fmt: skip
    return member


def _of(person: Person, signup: str) -> dict[str, object]:
    person.id = Signup.get_by_id(signup).participant_id
    return {
        "person": person.id, "name": person.name, "email": person.email, "mobile": person.mobile,
        "purposes": list(person.purposes),
    }  # fmt: skip


def _place_in(play: Play, person: Person, group: Group) -> None:
    at = clock.now()
    placed = play.act(
        "placed",
        lambda: placements.place_participant(
            play.staff["Vos"], signup_id=person.signup, group_id=group.id, request_id=new_id()
        ),
        {"person": person.id, "group": group.id},
    )
    row = None if placed is None else Membership.get_or_none(Membership.placement_id == placed)
    if row is not None:
        join(play, person, row, group, at=at)


def _move_talk(play: Play, person: Person, talk: str) -> None:
    row = IntroTalk.get_by_id(talk)
    on, at = row.on + timedelta(days=play.dice.choice((0, 1, 2))), time(play.dice.randrange(9, 20), 45)
    moved = play.act(
        "talk_moved",
        lambda: talks.move_intro_talk(
            play.staff["Vos"], talk_id=talk, host_staff_id=row.host_staff_id, on=on, at=at, minutes=45,
            form=row.form, place=row.place, request_id=new_id(),
        ),
        {"talk": talk, "person": person.id, "on": on.isoformat(), "clock": at.strftime("%H:%M")},
    )  # fmt: skip
    if moved is not None:
        play.later(clock.instant(on, at) + timedelta(minutes=50), lambda: _after_talk(play, person, talk))


def _call_off_talk(play: Play, person: Person, talk: str) -> None:
    by = "participant" if play.chance(0.6) else "us"
    done = play.act(
        "talk_called_off",
        lambda: talks.call_off_intro_talk(play.staff["Vos"], talk_id=talk, by=by, request_id=new_id()),
        {"talk": talk},
    )
    if done is not None and play.chance(0.8):
        play.later(clock.now() + timedelta(hours=play.dice.uniform(1, 30)), lambda: plan_talk(play, person))


def _after_talk(play: Play, person: Person, talk: str) -> None:
    """Held or missed; nothing when it was called off, or moved to later."""
    row = IntroTalk.get_by_id(talk)
    if row.state not in ("planned", "moved") or _starts_at(row) > clock.now():
        return
    vos = play.staff["Vos"]
    if play.chance(0.1):
        play.act(
            "talk_missed",
            lambda: talks.mark_intro_talk_missed(vos, talk_id=talk, request_id=new_id()),
            {"talk": talk},
        )
        if play.chance(0.7):
            plan_talk(play, person)
        return
    group = play.dice.choice([group for group in play.groups if group.keeps_names])
    held = play.act(
        "talk_held",
        lambda: talks.complete_intro_talk(
            vos, talk_id=talk, outcome="joins", group_id=group.id, request_id=new_id()
        ),
        {"talk": talk},
    )
    if held is not None:
        play.later(clock.now() + timedelta(minutes=play.dice.uniform(2, 90)), lambda: place(play, person))


def _starts_at(row: IntroTalk) -> datetime:
    return clock.instant(row.on, row.at, row.zone)
