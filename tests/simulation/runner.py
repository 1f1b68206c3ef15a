"""Running a month: who does what at which moment, by seeded chance; every action is recorded as it is done."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any, TypeVar

from shared import clock
from shared.errors import Refusal
from shared.security.actor import Actor
from tests.simulation.actors import Group, Member, Names, Person
from tests.simulation.environment import Environment
from tests.simulation.observation import arrival_of
from tests.simulation.record import Action, Arrival, Record

T = TypeVar("T")
# Actions do not crowd each other: what follows from one has followed before the next.
_APART = timedelta(seconds=45)


class Runner:
    """One month: its agenda, its actors, and what was recorded."""

    def __init__(self, environment: Environment, record: Record, rng: Random, until: datetime) -> None:
        self.environment, self.record, self.rng, self.until = environment, record, rng, until
        self.names = Names(rng)
        self.staff: dict[str, Actor] = {}
        self.organisation = ""
        self.groups: list[Group] = []
        self.people: list[Person] = []
        self.meetings: set[str] = set()
        self.members: dict[str, Member] = {}
        self.arrivals: list[Arrival] = record.arrivals
        self.on_arrival: Callable[[Arrival], None] = lambda _: None
        self.refused: Counter[str] = Counter()
        self._agenda: list[tuple[datetime, int, Callable[[], None]]] = []
        self._numbers = count()

    def later(self, moment: datetime, action: Callable[[], None]) -> None:
        """Put an action on the agenda; what would be in the past is done soon."""
        moment = max(moment.astimezone(UTC), clock.now() + _APART)
        if moment < self.until:
            heapq.heappush(self._agenda, (moment, next(self._numbers), action))

    def run(self, inform: Callable[[datetime], None]) -> None:
        """Run until the end; `on_progress` gets each moment that is reached."""
        while self._agenda:
            moment, _, action = heapq.heappop(self._agenda)
            self.environment.advance(max(moment, clock.now() + _APART))
            self._read_mail()
            inform(moment)
            action()
            self._read_mail()
        self.environment.advance(self.until)
        self.environment.settle()
        self._read_mail()
        self.record.ended_at = clock.now()

    def act(
        self, kind: str, command: Callable[[], T], about: dict[str, Any] | Callable[[T], dict[str, Any]]
    ) -> T | None:
        """Do it, record it, and do what follows. Returns None when it was refused: then nothing happened."""
        at = clock.now()
        try:
            done = command()
        except Refusal as refusal:
            self.refused[refusal.code] += 1
            return None
        self.record.actions.append(Action(at, kind, about(done) if callable(about) else about))
        self.environment.settle()
        return done

    def note(self, kind: str, **about: Any) -> None:
        """Record what somebody saw, or what is so from now on."""
        self.record.actions.append(Action(clock.now(), kind, about))

    def note_at(self, moment: datetime, kind: str, **about: Any) -> None:
        """Record what began at an earlier moment and is known only now."""
        self.record.actions.append(Action(moment, kind, about))

    def chance(self, share: float) -> bool:
        """Decide whether something happens that happens so often."""
        return self.rng.random() < share

    def between(self, first: datetime, last: datetime) -> datetime:
        """Choose a moment between these two."""
        return first + self.rng.random() * max(last - first, timedelta(0))

    def _read_mail(self) -> None:
        """Read what arrived since the last time, always in the same order: mail of one moment comes in any."""
        fresh = self.environment.mailbox.count() - len(self.arrivals)
        mails = self.environment.mailbox.messages(limit=fresh) if fresh > 0 else []
        for mail in sorted(mails, key=lambda mail: (str(mail["To"]), str(mail.get("Subject", "")))):
            self.arrivals.append(arrival_of(len(self.arrivals), mail))
        for arrival in self.arrivals[len(self.arrivals) - len(mails) :]:
            self.on_arrival(arrival)
