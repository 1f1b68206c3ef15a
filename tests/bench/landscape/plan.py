"""Who and what there is: the same for the same seed, size and moment, before anything is written."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path

from shared import clock

SOURCE = Path(__file__).with_name("self_help_2008.csv")
WEEKS_BACK, WEEKS_AHEAD = 52, 12
PEOPLE, OPEN_SIGNUPS, MESSAGES = 7402, 500, 100_000
ROLES = ("coordinator", "facilitator", "intro_worker", "manager", "messenger")
THEMES = ("minder alleen zijn", "hulp vragen", "weer vertrouwen krijgen", "de dag beginnen", "grenzen stellen")
_DAYS = ("Maandag", "Dinsdag", "Woensdag", "Donderdag", "Vrijdag", "Zaterdag", "Zondag")
_FIRST, _LAST = ("Linde", "Wilgen", "Berken", "Elzen", "Beuken"), ("veen", "hoek", "wijk", "dam", "oord", "horst")
_CALLED = ("Anouk", "Bo", "Ceder", "Duin", "Eb", "Fleur", "Ghis", "Hei", "Iep", "Jip", "Kiki", "Lente", "Mees")
_CALLED_TOO = ("", "je", "-Jo", "-Lo", "-Mi", "-Noor", "-Puk", "-Ro", "-Sil", "-Tam")


@dataclass
class Staff:
    """Somebody who works at some organisations, in these roles; `leads` are the groups that they lead."""

    id: str
    name: str
    email: str
    roles: tuple[str, ...]
    organisation_ids: tuple[str, ...]
    leads: list[Group] = field(default_factory=list)


@dataclass
class Organisation:
    """One of the organisations; `per_group` is how many people its groups have on average."""

    id: str
    name: str
    slug: str
    groups_number: int
    per_group: float
    facilitators: list[Staff] = field(default_factory=list)
    intro_workers: list[Staff] = field(default_factory=list)


@dataclass
class Group:
    """A group with its weekly meeting."""

    id: str
    organisation: Organisation
    name: str
    kind: str
    weekday: int
    at: time
    max_size: int | None
    area: str
    venue_id: str
    series_id: str
    themes: tuple[str, ...]
    leaders: list[tuple[Staff, str]] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)

    @property
    def place(self) -> tuple[str, str]:
        """Return the name and the address of where it meets."""
        return f"Zaal {self.area}", f"Dorpsstraat {int(self.area) % 90 + 1}, {self.area}"


@dataclass
class Person:
    """Somebody who takes or took part in a group, or waits to (`group` is None); ids of all that is about them."""

    id: str
    organisation: Organisation
    call_name: str
    number: int
    group: Group | None
    signup_id: str
    received_at: datetime
    made_at: datetime
    starts_on: date
    ended_on: date | None = None
    membership_id: str = ""
    placement_id: str = ""
    talk_id: str = ""
    progress: str = "placed"

    @property
    def email(self) -> str | None:
        """Return an address of nobody's, or none for one in ten."""
        return None if self.number % 10 == 0 else f"p{self.number}@example.org"

    @property
    def mobile(self) -> str | None:
        """Return a number of nobody's for one in three."""
        return f"+3161{self.number:07d}" if self.number % 3 == 0 else None

    def belongs_on(self, day: date) -> bool:
        """Return whether they took part on this day."""
        return self.starts_on <= day and (self.ended_on is None or day <= self.ended_on)


class Plan:
    """The landscape at `scale` times its size of 2008; each organisation keeps at least one group."""

    def __init__(self, scale: float, now: datetime, seed: int = 2008) -> None:
        self.scale, self.now, self.today = scale, now, clock.local(now).date()
        self.random = random.Random(seed)
        self._number = 0
        self.organisations = list(self._organisations())
        self.groups = [group for organisation in self.organisations for group in self._groups(organisation)]
        self.colleagues = self._colleagues()
        self.people = [*self._members(), *self._left()]
        self.waiting = list(self._waiting())

    def id(self, at: datetime) -> str:
        """Return an id as it is made at this moment (RFC 9562, version 7)."""
        bits = (int(at.timestamp() * 1000) << 80) | (7 << 76) | (2 << 62)
        text = f"{bits | self.random.getrandbits(12) << 64 | self.random.getrandbits(62):032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    def ago(self, days: float) -> datetime:
        """Return the moment so many days ago."""
        return self.now - timedelta(days=days)

    def times(self, number: float) -> int:
        """Return how many there are of what was `number` in 2008."""
        return max(1, round(number * self.scale))

    @cached_property
    def staff(self) -> list[Staff]:
        """Return everybody who works anywhere."""
        of_organisations = (
            staff
            for organisation in self.organisations
            for staff in (*organisation.facilitators, *organisation.intro_workers)
        )
        return [*self.colleagues.values(), *of_organisations]

    def meeting_days(self, group: Group) -> Iterator[date]:
        """Return the days on which a group meets, a year back and a quarter ahead."""
        this_week = self.today + timedelta(days=(group.weekday - self.today.weekday()) % 7)
        for week in range(-WEEKS_BACK, WEEKS_AHEAD):
            yield this_week + timedelta(weeks=week)

    def _organisations(self) -> Iterator[Organisation]:
        with SOURCE.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        for number, row in enumerate(rows, start=1):
            groups = int(row["groups"])
            # Unknown is not zero: there the groups are as large as elsewhere in the middle.
            people = float(row["participants_estimate"] or 8 * groups)
            yield Organisation(
                self.id(self.ago(800)), f"Organisatie {number}", f"organisatie-{number}", self.times(groups),
                people / groups,
            )  # fmt: skip

    def _person(self, organisation: Organisation, received_at: datetime, group: Group | None) -> Person:
        self._number += 1
        name = self.random.choice(_CALLED) + self.random.choice(_CALLED_TOO)
        made_at = received_at + timedelta(days=9)
        starts_on = clock.local(made_at + timedelta(days=3)).date()
        return Person(
            self.id(received_at), organisation, name, self._number, group, self.id(received_at), received_at,
            made_at,
            starts_on, talk_id=self.id(received_at + timedelta(days=2)) if self._number % 2 else "",
        )  # fmt: skip

    def _groups(self, organisation: Organisation) -> Iterator[Group]:
        began = self.ago(7 * WEEKS_BACK + 30)
        for _ in range(max(1, -(-organisation.groups_number // 2))):
            organisation.facilitators.append(self._colleague(organisation, "facilitator"))
        for _ in range(max(1, organisation.groups_number // 10)):
            organisation.intro_workers.append(self._colleague(organisation, "intro_worker"))
        for number in range(organisation.groups_number):
            weekday = self.random.randrange(7)
            place = self.random.choice(_FIRST) + self.random.choice(_LAST)
            group = Group(
                self.id(began), organisation, f"{_DAYS[weekday]}groep {place} {number + 1}",
                self.random.choice(("recovery_workgroup", "recovery_workgroup", "let_it_be")), weekday,
                time(self.random.choice((10, 14, 19, 20)), 30), self.random.choice((8, 10, 12, 15, 30, None)),
                str(self.random.randrange(1000, 9999)), self.id(began), self.id(began),
                tuple(sorted(self.random.sample(THEMES, self.random.randrange(4)))),
            )  # fmt: skip
            self._lead(group, number)
            yield group

    def _lead(self, group: Group, number: int) -> None:
        facilitators = group.organisation.facilitators
        chosen = [(facilitators[number // 2 % len(facilitators)], "first")]
        if self.random.random() < 0.9 and len(facilitators) > 1:
            chosen.append((facilitators[(number // 2 + 1) % len(facilitators)], "co"))
        for staff, place in chosen if self.random.random() < 0.97 else ():
            group.leaders.append((staff, place))
            staff.leads.append(group)

    def _colleague(self, organisation: Organisation, *roles: str) -> Staff:
        self._number += 1
        return Staff(
            self.id(self.ago(700)), f"Collega {self._number}", f"c{self._number}@houvast.example", roles,
            (organisation.id,),
        )  # fmt: skip

    def _colleagues(self) -> dict[str, Staff]:
        """Return for every role somebody who has it everywhere, and somebody with all roles in the smallest."""
        everywhere = tuple(organisation.id for organisation in self.organisations)
        smallest = min(self.organisations, key=lambda organisation: organisation.groups_number)
        colleagues = {
            role: Staff(self.id(self.ago(600)), role.title(), f"{role}@houvast.example", (role,), everywhere)
            for role in ROLES
        }
        colleagues["small"] = self._colleague(smallest, *ROLES)
        for group in self.groups[:3]:
            group.leaders.append((colleagues["facilitator"], "co"))
            colleagues["facilitator"].leads.append(group)
        return colleagues

    def _members(self) -> Iterator[Person]:
        chosen = self.random.choices(
            self.groups, [group.organisation.per_group for group in self.groups], k=self.times(PEOPLE)
        )
        for group in chosen:
            person = self._person(group.organisation, self.ago(self.random.uniform(20, 420)), group)
            person.membership_id, person.placement_id = self.id(person.made_at), self.id(person.made_at)
            group.people.append(person)
            yield person

    def _left(self) -> Iterator[Person]:
        """Make those who took part earlier this year and do not any more."""
        for group in self.random.choices(self.groups, k=self.times(PEOPLE * 0.3)):
            person = self._person(group.organisation, self.ago(self.random.uniform(120, 420)), group)
            person.membership_id, person.placement_id = self.id(person.made_at), self.id(person.made_at)
            person.ended_on = person.starts_on + timedelta(days=self.random.randrange(20, 100))
            group.people.append(person)
            yield person

    def _waiting(self) -> Iterator[Person]:
        """Make open sign-ups by how far they are, and some that were closed."""
        progress = ["received"] * 22 + [
            "today",
            *["planned"] * 9,
            *["over"] * 5,
            *["held"] * 8,
            "returned",
            "placed",
        ]
        weights = [organisation.groups_number for organisation in self.organisations]
        number = self.times(OPEN_SIGNUPS)
        for count, organisation in enumerate(self.random.choices(self.organisations, weights, k=2 * number)):
            person = self._person(organisation, self.ago(self.random.uniform(0.1, 60)), None)
            person.progress = "closed" if count >= number else self.random.choice(progress)
            person.talk_id = "" if person.progress in ("received", "closed") else self.id(person.received_at)
            person.placement_id = self.id(self.ago(0.1)) if person.progress in ("returned", "placed") else ""
            yield person
