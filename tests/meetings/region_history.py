"""A history of made-up groups, laid in the store, and what is true of it, counted day by day from plain Python.

Nothing here uses what the product counts with: two ways of counting that agree are worth more than one.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

from services.meetings.models import Attendance, FollowUpCall, Group, Meeting, Membership, Signup, Venue, service
from shared import clock
from shared.ids import new_id

BEGAN, TODAY = date(2026, 4, 27), date(2026, 11, 16)
_DAY = timedelta(days=1)
KINDS = ("recovery_workgroup", "let_it_be")


@dataclass
class Person:
    """Somebody with their stays (group, first day, last day or none), and the day they signed up, if they did."""

    id: str
    organisation: str
    signed_up_on: date | None
    stays: list[tuple[str, date, date | None]] = field(default_factory=list)
    attended: list[tuple[date, str]] = field(default_factory=list)
    left_by_erasure: bool = False

    def groups_on(self, day: date) -> set[str]:
        """Return where they belong when this day is over."""
        return {group for group, first, last in self.stays if first <= day and (last is None or last > day)}


@dataclass
class Evening:
    """One meeting that took place."""

    group: str
    on: date
    marks: dict[str, str]
    unnamed: int


@dataclass
class History:
    """All that happened."""

    organisations: list[str]
    groups: dict[str, str] = field(default_factory=dict)  # group -> organisation
    headcounts: set[str] = field(default_factory=set)
    people: list[Person] = field(default_factory=list)
    evenings: list[Evening] = field(default_factory=list)
    unreported: dict[str, int] = field(default_factory=dict)
    calls: dict[str, int] = field(default_factory=dict)

    # --- what is true of it ---

    def taking_part(self, groups: set[str], day: date) -> int:
        return sum(bool(person.groups_on(day) & groups) for person in self.people)

    def places(self, group: str, day: date) -> int:
        return sum(group in person.groups_on(day) for person in self.people)

    def newcomers(self, groups: set[str], first: date, last: date) -> int:
        firsts = [min((day, group) for group, day, _ in person.stays) for person in self.people if person.stays]
        return sum(first <= day <= last and group in groups for day, group in firsts)

    def left(self, groups: set[str], first: date, last: date) -> int:
        """Walk through the days of each person until the end; who left is where they were last."""
        number = 0
        for person in self.people:
            gone_on, gone_from = None, ""
            day = BEGAN - _DAY
            while day <= last:
                before, now = person.groups_on(day - _DAY), person.groups_on(day)
                began_and_ended = {group for group, a, b in person.stays if a == day == b}
                if now:
                    gone_on = None
                elif before or began_and_ended:
                    gone_on = day
                    gone_from = max(
                        (group for group, _, b in person.stays if b == day),
                        key=lambda group: self._order(person, group),
                    )
                day += _DAY
            number += gone_on is not None and first <= gone_on <= last and gone_from in groups
        return number

    @staticmethod
    def _order(person: Person, group: str) -> tuple[date, str]:
        return max((a, name) for name, a, _ in person.stays if name == group)

    def waits(self, groups: set[str], first: date, last: date) -> list[int]:
        days = []
        for person in self.people:
            if not person.attended or person.signed_up_on is None:
                continue
            on, group = min(person.attended)
            if first <= on <= last and group in groups and on >= person.signed_up_on:
                days.append((on - person.signed_up_on).days)
        return sorted(days)

    def held(self, groups: set[str], first: date, last: date) -> list[Evening]:
        return [evening for evening in self.evenings if evening.group in groups and first <= evening.on <= last]

    def turnout(self, groups: set[str], first: date, last: date) -> tuple[int, int]:
        """Return how many of the members came, and how many members there were."""
        came = expected = 0
        for evening in self.held(groups, first, last):
            marks = list(evening.marks.values())
            unmarked = marks.count("not_recorded")
            came += marks.count("present") + (evening.unnamed if evening.unnamed < unmarked else unmarked)
            expected += len(marks)
        return came, expected


def make_history(
    harness: Any, seed: int, *, groups: int = 3, people: int = 20, second: str = "Het Anker"
) -> History:
    """Lay a history in the store of this harness, in our organisation and a second one of this name."""
    rng = random.Random(seed)
    other = harness.register_organisation(second)
    history = History([harness.organisation_id, other])
    with service.transaction():
        for organisation in history.organisations:
            names = [_group(history, organisation, number, rng) for number in range(groups)]
            for _ in range(people):
                _person(history, organisation, names, rng)
        for group, organisation in history.groups.items():
            _evenings(history, organisation, group, rng)
    return history


def _group(history: History, organisation: str, number: int, rng: random.Random) -> str:
    is_headcount = number == 0
    kind = "twelve_step" if is_headcount else rng.choice(KINDS)
    overrides = {"audience": "own"} if is_headcount else {"admission": "rolling", "max_size": 30}
    venue = Venue.create(
        id=new_id(),
        organisation=organisation,
        name=f"Zaal {new_id()[-8:]}",
        address="Straat 1",
        area="3412",
        features=[],
    )
    group = Group.create(
        id=new_id(),
        organisation=organisation,
        name=f"Groep {new_id()[-8:]}",
        kind=kind,
        overrides=overrides,
        state="running",
        venue=venue if number % 3 else None,
        themes=[],
    )
    history.groups[group.id] = organisation
    if is_headcount:
        history.headcounts.add(group.id)
    return str(group.id)


def _person(history: History, organisation: str, groups: list[str], rng: random.Random) -> None:
    person = Person(new_id(), organisation, None)
    named = [group for group in groups if group not in history.headcounts]
    day = BEGAN + rng.randrange(190) * _DAY
    if rng.random() < 0.8:
        person.signed_up_on = day - rng.randrange(40) * _DAY
        Signup.create(
            id=new_id(),
            organisation_id=organisation,
            participant_id=person.id,
            state="placed",
            received_at=clock.instant(person.signed_up_on, time(12)),
        )
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        last = None if rng.random() < 0.5 else day + rng.randrange(60) * _DAY
        last = None if last is not None and last > TODAY else last
        group = rng.choice(named)
        if day > TODAY or any(name == group and (b is None or b >= day) for name, _, b in person.stays):
            break
        person.stays.append((group, day, last))
        if last is None and rng.random() < 0.5:
            break
        day = (last or day) + rng.randrange(40) * _DAY
    for group, first, last in person.stays:
        Membership.create(
            id=new_id(),
            organisation=organisation,
            group=group,
            participant_id=person.id,
            made_at=clock.instant(first, time(rng.randrange(24))),
            starts_on=first,
            ended_on=last,
            state="active" if last is None else "ended",
        )
    history.people.append(person)


def _evenings(history: History, organisation: str, group: str, rng: random.Random) -> None:
    members = list(Membership.select().where(Membership.group == group))
    people = {person.id: person for person in history.people}
    for week in range(29):
        on = BEGAN + timedelta(days=7 * week + rng.randrange(2))
        state = rng.choices(("took_place", "cancelled", "not_reported", "did_not_take_place"), (8, 1, 1, 1))[0]
        if on >= TODAY:
            continue
        there = [row for row in members if row.starts_on <= on and (row.ended_on is None or row.ended_on >= on)]
        meeting = Meeting.create(
            id=new_id(),
            organisation=organisation,
            group=group,
            kind="regular",
            on=on,
            at=time(19, 30),
            zone=clock.ZONE,
            minutes=120,
            state=state,
        )
        if state == "not_reported" and (there or group in history.headcounts):
            history.unreported[group] = history.unreported.get(group, 0) + 1
        if state == "took_place":
            _marks(history, meeting, there, people, rng)


def _marks(
    history: History, meeting: Meeting, there: list[Membership], people: dict[str, Person], rng: random.Random
) -> None:
    marks = {
        row.id: rng.choices(("present", "excused", "absent", "not_recorded"), (7, 1, 1, 1))[0] for row in there
    }
    unnamed = rng.choice((0, 0, 0, 1, 2)) if there else rng.randrange(9)
    for row in there:
        Attendance.create(
            organisation=meeting.organisation_id,
            meeting=meeting,
            membership=row,
            mark=marks[row.id],
            marked_by="x",
            marked_at=clock.now(),
        )
        if marks[row.id] == "present":
            people[row.participant_id].attended.append((meeting.on, meeting.group_id))
        elif marks[row.id] == "absent" and rng.random() < 0.1:
            FollowUpCall.create(
                id=new_id(),
                organisation=meeting.organisation_id,
                meeting=meeting,
                membership=row,
                state="open",
                lapses_at=clock.now() + timedelta(days=3),
            )
            history.calls[meeting.group_id] = history.calls.get(meeting.group_id, 0) + 1
    meeting.total_members, meeting.total_unnamed, meeting.headcount_unnamed = len(there), unnamed, unnamed
    for mark in ("present", "excused", "absent", "not_recorded"):
        setattr(meeting, f"total_{mark}", list(marks.values()).count(mark))
    meeting.save()
    history.evenings.append(Evening(meeting.group_id, meeting.on, marks, unnamed))
