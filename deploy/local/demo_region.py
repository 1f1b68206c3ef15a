"""The demo region: invented organisations, people and groups, made by the same commands that everybody uses.

Its last eight days are played with the clock set back, so that there are members, meetings that took place, and
people who wait for something today. To the morning group (demo_history) everything ordinary happens.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

from deploy.local.demo_history import DemoHistory, Step
from deploy.local.inline_worker import InlineWorker
from deploy.local.installation import Installation
from services.intake.commands import placements, signups, talks
from services.meetings.commands import attendance, groups, organisations, series, staff, venues
from services.meetings.commands.installation import appoint_installation_manager
from services.meetings.queries.attendance import list_attendance
from services.meetings.queries.meetings import list_meetings
from shared import clock
from shared.ids import new_id
from shared.security.actor import PUBLIC, Actor, system

REGION = "Lindeveen"
DAYS_BACK = 8
_TUESDAY, _THURSDAY, _SUNDAY = 1, 3, 6


@dataclass(frozen=True)
class DemoPerson:
    """Somebody whom a visitor of the demo can be."""

    name: str
    email: str
    roles: tuple[str, ...]
    about: str


PEOPLE = (
    DemoPerson("Kim", "kim@houvast.example", ("coordinator", "manager"), "coördineert de groepen en beheert"),
    DemoPerson("Vos", "vos@houvast.example", ("intro_worker",), "maakt kennis met wie zich aanmeldt"),
    DemoPerson("Sam", "sam@houvast.example", ("facilitator",), "begeleidt de Dinsdaggroep en de Ochtendkring"),
    DemoPerson("Luca", "luca@houvast.example", ("facilitator",), "begeleidt Donderdagkring en Zondagochtend"),
    DemoPerson("Robin", "robin@houvast.example", ("messenger",), "zorgt dat berichten aankomen"),
)
MEMBERS = ("Lente", "Jip", "Mees", "Storm")


def list_demo_people() -> tuple[DemoPerson, ...]:
    """List whom a visitor of the demo can be."""
    return PEOPLE


def load_region(installation: Installation, *, with_history: bool = True) -> None:
    """Play the last eight days; at the end it is now. Only for an installation in which nobody works yet.

    with_history  also the people who joined, met and wait; otherwise only the organisations and their groups
    """
    assert installation.clock_file is not None
    if is_half_loaded(installation):
        installation.wipe()
    _marker(installation).touch()
    started = clock.instant(clock.today() - timedelta(days=DAYS_BACK), time(10))
    installation.clock_file.write_text(str((started - clock.wall()).total_seconds()), encoding="ascii")
    inline_worker = InlineWorker(installation)
    try:
        _play(inline_worker, with_history=with_history)
    finally:
        inline_worker.close()
    installation.clock_file.write_text("0.0", encoding="ascii")
    _marker(installation).unlink()


# Numbers that nobody can have.
_PROFILES: dict[str, dict[str, object]] = {
    "De Kade": {
        "about": "Bij De Kade komen mensen in Lindeveen bij elkaar. Je hoeft niets uit te leggen.",
        "telephone": "0000 12 34 56",
        "email": "hallo@dekade.example",
        "address": "Brugstraat 1, Lindeveen",
        "opening_hours": "Maandag tot en met vrijdag, 9.00 tot 17.00 uur",
        "website": "https://dekade.example",
        "sender_name": "De Kade",
        "reporting": "Hoeveel mensen er per maand komen, aan de gemeente. Nooit wie.",
        "answer_within_days": 5,
        "colour": "#1d4f91",
    },
    "Tussenland": {
        "about": "Tussenland is voor iedereen die iets deelt. Je bent welkom zoals je bent.",
        "email": "hallo@tussenland.example",
        "answer_within_days": 10,
    },
}


def is_half_loaded(installation: Installation) -> bool:
    """Tell whether loading was broken off, so that half a region is there and the clock is set back."""
    return _marker(installation).exists()


def _marker(installation: Installation) -> Path:
    return installation.data / "loading-region"


def _play(inline_worker: InlineWorker, *, with_history: bool) -> None:
    organisation, actors = _organisation("De Kade")
    other, others = _organisation("Tussenland", only=("Kim", "Luca"))
    appoint_installation_manager(system("meetings"), email=PEOPLE[0].email, request_id=new_id())
    actors = {name: _merged(actor, others.get(name)) for name, actor in actors.items()}
    tuesday, bridge = _groups(organisation, other, actors)
    inline_worker.settle()
    if not with_history:
        return
    _members(inline_worker, organisation, tuesday, actors)
    history = DemoHistory(inline_worker, organisation, actors)
    history.begin(bridge, (clock.local(clock.wall()).date() - clock.today()).days - 1)
    steps = [*_meet(inline_worker, tuesday, actors["Sam"]), *history.steps()]
    for moment, step in sorted(steps, key=lambda timed: timed[0]):
        _move_to(moment)
        step()
    _move_to(clock.wall())
    history.today()
    _waiting(organisation, actors["Vos"])
    inline_worker.settle()


def _organisation(name: str, only: tuple[str, ...] = ()) -> tuple[str, dict[str, Actor]]:
    us = system("meetings")
    organisation = organisations.register_organisation(us, name=name, region=REGION, request_id=new_id())
    organisations.confirm_questionnaire_permission(us, organisation_id=organisation, request_id=new_id())
    organisations.change_organisation(
        us, organisation_id=organisation, name=name, region=REGION, profile=_PROFILES[name], request_id=new_id()
    )
    actors = {}
    for person in PEOPLE:
        if not only or person.name in only:
            staff_id = staff.register_staff(
                us, organisation_id=organisation, name=person.name, email=person.email, roles=list(person.roles),
                request_id=new_id(),
            )  # fmt: skip
            actors[person.name] = Actor(staff_id, "staff", person.name, {organisation: frozenset(person.roles)})
    return organisation, actors


def _merged(actor: Actor, other: Actor | None) -> Actor:
    """Return the same person with their roles in both organisations."""
    return actor if other is None else replace(actor, grants={**actor.grants, **other.grants})


def _groups(organisation: str, other: str, actors: dict[str, Actor]) -> tuple[str, str]:
    """Start the groups; return the Tuesday group and the place where it meets."""
    kim = actors["Kim"]
    bridge = _venue(kim, organisation, "Buurthuis De Brug", "Brugstraat 1, Lindeveen", "3412")
    mill = _venue(kim, other, "De Molenzaal", "Molenpad 12, Lindeveen", "3414")
    tuesday = _group(
        kim, organisation, "recovery_workgroup", "Dinsdaggroep", bridge, _TUESDAY, time(19, 30), 120,
        overrides={"admission": "rolling", "max_size": 8}, themes=["minder alleen zijn", "hulp vragen"],
        questionnaires=["nel_kort"],
    )  # fmt: skip
    thursday = _group(
        kim, organisation, "let_it_be", "Donderdagkring", bridge, _THURSDAY, time(20, 0), 90,
        overrides={}, themes=["weer vertrouwen krijgen"],
    )  # fmt: skip
    sunday = _group(
        kim, other, "twelve_step", "Zondagochtend", mill, _SUNDAY, time(11, 0), 90,
        overrides={"audience": "own"}, themes=[],
    )  # fmt: skip
    for group_id, name, place in (
        (tuesday, "Sam", "first"), (thursday, "Luca", "first"), (thursday, "Sam", "co"), (sunday, "Luca", "first"),
    ):  # fmt: skip
        groups.appoint_facilitator(
            kim, group_id=group_id, staff_id=actors[name].id, place=place, request_id=new_id()
        )
    return tuesday, bridge


def _venue(actor: Actor, organisation: str, name: str, address: str, area: str) -> str:
    return venues.register_venue(
        actor, organisation_id=organisation, name=name, address=address, area=area, features=["wheelchair"],
        request_id=new_id(),
    )  # fmt: skip


def _group(
    actor: Actor, organisation: str, kind: str, name: str, venue: str, weekday: int, at: time, minutes: int,
    *, overrides: dict[str, object], themes: list[str], questionnaires: list[str] | None = None,
) -> str:  # fmt: skip
    group_id = groups.start_group(
        actor, organisation_id=organisation, kind=kind, name=name, overrides=overrides, venue_id=venue,
        themes=themes,
        questionnaires=questionnaires or [], request_id=new_id(),
    )  # fmt: skip
    series.schedule_series(
        actor,
        group_id=group_id,
        first_on=_next(weekday),
        at=at,
        every_weeks=1,
        minutes=minutes,
        request_id=new_id(),
    )
    return group_id


def _members(inline_worker: InlineWorker, organisation: str, group_id: str, actors: dict[str, Actor]) -> None:
    """Let four people join the Tuesday group before its last meeting."""
    vos, talk_on = actors["Vos"], clock.today() + timedelta(days=1)
    planned = []
    for number, name in enumerate(MEMBERS):
        signup_id = signups.register_signup(
            vos, organisation_id=organisation, call_name=name, email=f"{name.lower()}@example.org",
            purposes=["reminders"], signed_up_by="staff", days=[_TUESDAY], parts_of_day=["evening"], area="3412",
            request_id=new_id(),
        )  # fmt: skip
        talk_id = talks.schedule_intro_talk(
            vos, signup_id=signup_id, host_staff_id=vos.id, on=talk_on, at=time(10 + number), minutes=45,
            form="live_single", place="Buurthuis De Brug, Brugstraat 1, Lindeveen", request_id=new_id(),
        )  # fmt: skip
        planned.append((signup_id, talk_id))
    inline_worker.settle()
    _move_to(clock.instant(talk_on, time(10 + len(MEMBERS))))
    inline_worker.settle()
    for signup_id, talk_id in planned:
        talks.complete_intro_talk(vos, talk_id=talk_id, outcome="joins", group_id=group_id, request_id=new_id())
        placements.place_participant(vos, signup_id=signup_id, group_id=group_id, request_id=new_id())
    inline_worker.settle()


def _meet(inline_worker: InlineWorker, group_id: str, sam: Actor) -> list[Step]:
    """Hold the Tuesday meeting of these days: three are there, and somebody had called off."""
    meeting = list_meetings(sam, group_id).coming[0]

    def close() -> None:
        for number, member in enumerate(list_attendance(sam, meeting.id)):
            mark = "excused" if number == 0 else "present"
            attendance.record_attendance(
                sam, meeting_id=meeting.id, membership_id=member.membership_id, mark=mark, request_id=new_id()
            )
        attendance.close_meeting(sam, meeting_id=meeting.id, next_topic="hulp vragen", request_id=new_id())
        inline_worker.settle()

    evening_before = clock.instant(meeting.on - timedelta(days=1), time(18, 5))
    return [(evening_before, inline_worker.settle), (clock.instant(meeting.on, time(21, 0)), close)]


def _waiting(organisation: str, vos: Actor) -> None:
    """Let somebody sign up just now, and plan a talk for tomorrow with somebody else."""
    signups.register_signup(
        PUBLIC, organisation_id=organisation, call_name="Bo", mobile="+31612345678", purposes=[],
        days=[_TUESDAY, _THURSDAY], parts_of_day=["evening"],
        area="34", request_id=new_id(),
    )  # fmt: skip
    signup_id = signups.register_signup(
        PUBLIC, organisation_id=organisation, call_name="Wolk", email="wolk@example.org",
        purposes=["reminders", "questionnaires"], days=[_THURSDAY],
        parts_of_day=["evening"], area="3414", request_id=new_id(),
    )  # fmt: skip
    talks.schedule_intro_talk(
        vos, signup_id=signup_id, host_staff_id=vos.id, on=clock.today() + timedelta(days=1), at=time(14, 0),
        minutes=45, form="live_single", place="Buurthuis De Brug, Brugstraat 1, Lindeveen", request_id=new_id(),
    )  # fmt: skip


def _next(weekday: int) -> date:
    ahead = (weekday - clock.today().weekday()) % 7
    return clock.today() + timedelta(days=ahead or 7)


def _move_to(moment: datetime) -> None:
    if moment > clock.now():
        clock.move_to(moment)
