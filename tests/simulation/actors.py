"""Who takes part in a month: ten kinds of groups, and people with and without channels to be reached."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from random import Random

from shared.security.actor import Actor

_NAMES = (
    "Lente", "Jip", "Mees", "Storm", "Bo", "Wolk", "Noor", "Puck", "Sterre", "Vlinder", "Ties", "Merel", "Sam",
    "Robijn", "Hazel", "Linde", "Zee", "Duin", "Vonk", "Mos", "Kwik", "Berk", "Wilg", "Eik", "Roos", "Iris",
    "Fleur", "Pip", "Veer", "Zon", "Maan", "Regen", "Sneeuw", "Beek", "Vlier", "Braam", "Klaver", "Varen", "Tijm",
    "Anijs",
)  # fmt: skip
_LINES = ("Ik dacht aan je.", "Tot een andere keer, als je wilt.", "De koffie staat klaar.")


@dataclass(frozen=True)
class GroupPlan:
    """What a group is like: its kind, when it meets, what may follow an absence.

    days   weekdays on which it meets, 0 is Monday
    every  so many weeks
    lists  whether it lets people fill in a list
    """

    kind: str
    name: str
    days: tuple[int, ...]
    at: time
    follows: tuple[str, ...] = ()
    every: int = 1
    minutes: int = 90
    lists: bool = False


# The last meets nearly every day, so that a week can hold more than somebody wants to hear; two meet on one
# evening, and some on the day or in the night on which the clock changes.
PLANS = (
    GroupPlan("recovery_workgroup", "Dinsdag", (1,), time(19, 30), ("message", "call"), minutes=120, lists=True),
    GroupPlan("let_it_be", "Donderdag", (3,), time(20, 0), ("message",)),
    GroupPlan("twelve_step", "Zondagochtend", (6,), time(11, 0)),
    GroupPlan("recovery_workgroup", "Maandagmorgen", (0,), time(10, 0), ("call",)),
    GroupPlan("let_it_be", "Woensdagmiddag", (2,), time(14, 0)),
    GroupPlan("recovery_workgroup", "Om de week", (4,), time(19, 0), ("message",), every=2),
    GroupPlan("let_it_be", "Zondagavond", (6,), time(19, 30), ("message", "call")),
    GroupPlan("recovery_workgroup", "Nacht", (5,), time(23, 0), ("message",), minutes=240),
    GroupPlan("let_it_be", "Ook dinsdag", (1,), time(20, 30), ("message",)),
    GroupPlan("recovery_workgroup", "Inloop", (0, 1, 2, 3, 4, 5), time(9, 30), ("message",), minutes=60),
)


@dataclass
class Group:
    """A group that was started."""

    id: str
    plan: GroupPlan
    leaders: tuple[Actor, ...]

    @property
    def keeps_names(self) -> bool:
        """Whether it knows who takes part."""
        return self.plan.kind != "twelve_step"


@dataclass
class Person:
    """Somebody who takes part, or will. purposes: what they consented to."""

    name: str
    email: str | None
    mobile: str | None
    purposes: tuple[str, ...]
    id: str = ""
    signup: str = ""


@dataclass
class Member:
    """One membership of one person."""

    id: str
    person: Person
    group: Group
    is_here: bool = True


class Names:
    """Names, addresses and numbers that nobody has twice."""

    def __init__(self, rng: Random) -> None:
        self._rng, self._count = rng, 0

    def person(self) -> Person:
        """Make somebody new: with e-mail, a telephone, both or neither."""
        name = self.name()
        has_email, has_mobile = self._rng.choices(
            ((True, False), (False, True), (True, True), (False, False)), (40, 22, 28, 10)
        )[0]
        person = Person(name, self.email() if has_email else None, self.mobile() if has_mobile else None, ())
        person.purposes = self.purposes(person)
        return person

    def purposes(self, person: Person) -> tuple[str, ...]:
        """Choose what this person consents to: nothing when nothing reaches them."""
        if person.email is None and person.mobile is None:
            return ()
        chances = [("reminders", 0.88), ("missed_you", 0.7), ("questionnaires", 0.4)]
        chances += [("missed_you_call", 0.5)] if person.mobile else []
        return tuple(purpose for purpose, chance in chances if self._rng.random() < chance)

    def name(self) -> str:
        """Make a name to call somebody by."""
        self._count += 1
        first = _NAMES[self._count % len(_NAMES)]
        return first if self._count < len(_NAMES) else f"{first} {self._count}"

    def email(self) -> str:
        """Make an address of nobody."""
        self._count += 1
        return f"adres{self._count}@example.org"

    def mobile(self) -> str:
        """Make a number of nobody, far from all others."""
        self._count += 1
        return f"+316{10_000_000 + self._count * 10_007 + self._rng.randrange(1000):08d}"

    def line(self) -> str:
        """Choose what a facilitator adds."""
        return self._rng.choice(_LINES)
