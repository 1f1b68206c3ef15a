"""What is there on the first day: an organisation, its staff, groups with their rhythm and who leads them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from services.meetings.commands import groups, organisations, series, staff, venues
from services.meetings.models import Meeting
from shared import clock
from shared.ids import new_id
from shared.security.actor import Actor, system
from tests.simulation.actors import PLANS, Group, GroupPlan
from tests.simulation.runner import Runner

_STAFF = (
    ("Kim", ("coordinator", "manager")),
    ("Vos", ("intro_worker",)),
    ("Robin", ("messenger",)),
    ("Sam", ("facilitator",)),
    ("Luca", ("facilitator",)),
    ("Noa", ("facilitator",)),
    ("Ravi", ("facilitator",)),
    ("Pim", ("facilitator",)),
)
LEADERS = ("Sam", "Luca", "Noa", "Ravi", "Pim")


def set_up(runner: Runner, number_of_groups: int) -> None:
    """Set up everything that is there before the first person comes."""
    system_actor = system("meetings")
    runner.organisation = organisations.register_organisation(
        system_actor, name="De Kade", region="Lindeveen", request_id=new_id()
    )
    organisations.confirm_questionnaire_permission(
        system_actor, organisation_id=runner.organisation, request_id=new_id()
    )
    for name, roles in _STAFF:
        staff_id = staff.register_staff(
            system_actor,
            organisation_id=runner.organisation,
            name=name,
            email=f"{name.lower()}@houvast.example",
            roles=list(roles),
            request_id=new_id(),
        )
        runner.staff[name] = Actor(staff_id, "staff", name, {runner.organisation: frozenset(roles)})
        runner.note("staff_registered", staff=staff_id, name=name, email=f"{name.lower()}@houvast.example")
    runner.environment.settle()
    at = clock.now()
    for number in range(number_of_groups):
        plan = PLANS[number % len(PLANS)]
        _start_group(runner, plan, f"{plan.name} {number // len(PLANS) + 1}", number)
    runner.environment.settle()
    note_meetings(runner, at)
    runner.environment.on_rest = lambda moment: note_meetings(runner, moment)


def note_meetings(runner: Runner, at: datetime) -> None:
    """Record the meetings that were planned since the last time, as of this moment."""
    for row in Meeting.select().where(Meeting.id.not_in(list(runner.meetings))).order_by(Meeting.on, Meeting.at):
        runner.meetings.add(row.id)
        runner.note_at(
            at,
            "meeting_planned",
            meeting=row.id,
            group=row.group_id,
            on=row.on.isoformat(),
            clock=row.at.strftime("%H:%M"),
            minutes=row.minutes,
        )


def _start_group(runner: Runner, plan: GroupPlan, name: str, number: int) -> None:
    kim = runner.staff["Kim"]
    venue = venues.register_venue(
        kim,
        organisation_id=runner.organisation,
        name=f"Zaal {number}",
        address=f"Straat {number}, Lindeveen",
        area="3412",
        request_id=new_id(),
    )
    keeps_names = plan.kind != "twelve_step"
    named = {"after_absence": list(plan.follows), "max_size": 15, "admission": "rolling"}
    overrides: dict[str, Any] = named if keeps_names else {"audience": "own"}
    group_id = groups.start_group(
        kim,
        organisation_id=runner.organisation,
        kind=plan.kind,
        name=name,
        overrides=overrides,
        venue_id=venue,
        themes=[],
        questionnaires=["nel_kort"] if plan.lists else [],
        request_id=new_id(),
    )
    leaders = [runner.staff[LEADERS[number % len(LEADERS)]]]
    if plan.kind == "let_it_be":
        leaders.append(runner.staff[LEADERS[(number + 2) % len(LEADERS)]])
    for place, leader in zip(("first", "co"), leaders, strict=False):
        groups.appoint_facilitator(kim, group_id=group_id, staff_id=leader.id, place=place, request_id=new_id())
    runner.groups.append(Group(group_id, plan, tuple(leaders)))
    runner.note(
        "group_started",
        group=group_id,
        follows=list(plan.follows),
        leaders=[leader.id for leader in leaders],
        lists=plan.lists,
    )
    for weekday in plan.days:
        series.schedule_series(
            kim,
            group_id=group_id,
            first_on=_first_on(weekday),
            at=plan.at,
            every_weeks=plan.every,
            minutes=plan.minutes,
            request_id=new_id(),
        )


def _first_on(weekday: int) -> date:
    """Return the first such day from the day after tomorrow on."""
    soonest = clock.today() + timedelta(days=2)
    return soonest + timedelta(days=(weekday - soonest.weekday()) % 7)
