"""Acts before the curtain: an organisation, who works there, groups with their rhythm and who leads them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from services.meetings.commands import groups, organisations, series, staff, venues
from services.meetings.models import Meeting
from shared import clock
from shared.ids import new_id
from shared.security.actor import Actor, system
from tests.simulation.actors import PLANS, Group, GroupPlan
from tests.simulation.runner import Play

_STAFF = (
    ("Kim", ("coordinator", "manager")), ("Vos", ("intro_worker",)), ("Robin", ("messenger",)),
    ("Sam", ("facilitator",)), ("Luca", ("facilitator",)), ("Noa", ("facilitator",)), ("Ravi", ("facilitator",)),
    ("Pim", ("facilitator",)),
)  # fmt: skip
LEADERS = ("Sam", "Luca", "Noa", "Ravi", "Pim")


def found(play: Play, number_of_groups: int) -> None:
    """Everything that stands before the first person comes."""
    us = system("meetings")
    play.organisation = organisations.register_organisation(
        us, name="De Kade", region="Lindeveen", request_id=new_id()
    )
    organisations.confirm_questionnaire_permission(us, organisation_id=play.organisation, request_id=new_id())
    for name, roles in _STAFF:
        staff_id = staff.register_staff(
            us, organisation_id=play.organisation, name=name, email=f"{name.lower()}@houvast.example",
            roles=list(roles), request_id=new_id(),
        )  # fmt: skip
        play.staff[name] = Actor(staff_id, "staff", name, {play.organisation: frozenset(roles)})
        play.note("staff_came", staff=staff_id, name=name, email=f"{name.lower()}@houvast.example")
    play.stage.settle()
    at = clock.now()
    for number in range(number_of_groups):
        plan = PLANS[number % len(PLANS)]
        _found_group(play, plan, f"{plan.name} {number // len(PLANS) + 1}", number)
    play.stage.settle()
    note_meetings(play, at)
    play.stage.on_rest = lambda moment: note_meetings(play, moment)


def note_meetings(play: Play, at: datetime) -> None:
    """Write down the meetings that were planned since the last look, at this moment."""
    for row in Meeting.select().where(Meeting.id.not_in(list(play.meetings))).order_by(Meeting.on, Meeting.at):
        play.meetings.add(row.id)
        play.note_at(
            at, "meeting_planned", meeting=row.id, group=row.group_id, on=row.on.isoformat(),
            clock=row.at.strftime("%H:%M"), minutes=row.minutes,
        )  # fmt: skip


def _found_group(play: Play, plan: GroupPlan, name: str, number: int) -> None:
    kim = play.staff["Kim"]
    venue = venues.register_venue(
        kim, organisation_id=play.organisation, name=f"Zaal {number}", address=f"Straat {number}, Lindeveen",
        area="3412", request_id=new_id(),
    )  # fmt: skip
    keeps_names = plan.kind != "twelve_step"
    named = {"after_absence": list(plan.follows), "max_size": 15, "admission": "rolling"}
    overrides: dict[str, Any] = named if keeps_names else {"audience": "own"}
    group_id = groups.start_group(
        kim, organisation_id=play.organisation, kind=plan.kind, name=name, overrides=overrides, venue_id=venue,
        themes=[],
        questionnaires=["nel_kort"] if plan.lists else [], request_id=new_id(),
    )  # fmt: skip
    leaders = [play.staff[LEADERS[number % len(LEADERS)]]]
    if plan.kind == "let_it_be":
        leaders.append(play.staff[LEADERS[(number + 2) % len(LEADERS)]])
    for place, leader in zip(("first", "co"), leaders, strict=False):
        groups.appoint_facilitator(kim, group_id=group_id, staff_id=leader.id, place=place, request_id=new_id())
    play.groups.append(Group(group_id, plan, tuple(leaders)))
    play.note(
        "group_founded", group=group_id, follows=list(plan.follows), leaders=[one.id for one in leaders],
        lists=plan.lists,
    )  # fmt: skip
    for weekday in plan.days:
        series.schedule_series(
            kim, group_id=group_id, first_on=_first_on(weekday), at=plan.at, every_weeks=plan.every,
            minutes=plan.minutes, request_id=new_id(),
        )  # fmt: skip


def _first_on(weekday: int) -> date:
    """The first such day from the day after tomorrow on."""
    soonest = clock.today() + timedelta(days=2)
    return soonest + timedelta(days=(weekday - soonest.weekday()) % 7)
