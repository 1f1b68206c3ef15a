"""Events a second, from the commit of a change to the commit of its effect, durable at every step.

Every contender has a process that publishes and one that works (ours has two: a relay and a consumer). The work
for an event is one row, committed. Live, all work at once, and a change is one more row: the peers commit it
before they tell of it, we together with the event. Draining, the worker sleeps while events are published and then
wakes; of the outbox, our relay sleeps too.
"""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tests.bench import peers_venv
from tests.bench.rounds import Contender, Goal, Outcome, Round, measure
from tests.bench.services import Place
from tests.bench.stand import Child, Stand, Wanted, until

ABOUT = "gebeurtenissen per seconde, van opgeslagen tot verwerkt; met --peers naast Celery, Dramatiq en FastStream"
LIVE, TELLING, DRAIN, OUTBOX = "live /s", "live, only telling /s", "draining /s", "draining the outbox /s"
LOST, DOUBLED = "lost", "doubled"
OURS, SMALL = "Houvast, PostgreSQL, RabbitMQ", "Houvast, SQLite, local transport"
PEERS = ("Celery", "Dramatiq", "FastStream")
FOLDER = Path(__file__).parent / "peers"
WARM_UP, AMOUNT = 20, 1000
_numbers = itertools.count()

Ask = Callable[[str], Any]


@dataclass
class Ready:
    """A contender at work; `ask` gives the one row that answers a question to the store of its effects.

    waiting  whether all that was published waits for the worker
    """

    publisher: Child
    worker: Child
    ask: Ask
    relay: Child | None = None
    waiting: Callable[[int], bool] = lambda _published: True
    published: int = 0

    def run(self, amount: int) -> dict[str, float]:
        """Every figure, and what was lost or doubled of it all."""
        self._live("change", WARM_UP)
        figures = {
            LIVE: self._live("change", amount),
            TELLING: self._live("publish", amount),
            DRAIN: self._drain(amount, self.worker),
        }
        if self.relay is not None:
            figures[OUTBOX] = self._drain(amount, self.worker, self.relay)
        rows, distinct = self.ask("SELECT COUNT(*), COUNT(DISTINCT n) FROM effect")
        return {**figures, LOST: self.published - distinct, DOUBLED: rows - distinct}

    def _live(self, mode: str, amount: int) -> float:
        began = self._publish(mode, amount)
        return amount / (self._all_done() - began)

    def _publish(self, mode: str, amount: int) -> float:
        answer = self.publisher.ask(f"{mode} {amount} {self.published}")
        self.published += amount
        return float(answer["began"])

    def _drain(self, amount: int, *sleepers: Child) -> float:
        with contextlib.ExitStack() as stack:
            for child in sleepers:
                stack.enter_context(child.asleep())
            self._publish("publish", amount)
            if self.relay not in sleepers:
                until(lambda: self.waiting(self.published), "alles klaarzetten", self.publisher)
            woken = time.time()
        return amount / (self._all_done() - woken)

    def _all_done(self) -> float:
        """Wait for the last effect; gives its moment."""
        until(lambda: self.ask("SELECT COUNT(*) FROM effect")[0] >= self.published, "alles verwerken", self.worker)
        return float(self.ask("SELECT MAX(at) FROM effect")[0])


def run(here: Stand, wanted: Wanted) -> Outcome:
    """Measure all, peers only when they are wanted."""
    amount = wanted.amount or AMOUNT
    contenders: dict[str, Contender] = {
        OURS: lambda: ours(here, amount, with_servers=True),
        SMALL: lambda: ours(here, amount, with_servers=False),
    }
    notes = [f"{amount} events for each figure and round."]
    if wanted.peers:
        python = peers_venv.python()
        contenders |= {name: _peer(here, amount, python, name.lower()) for name in PEERS}
        versions = peers_venv.versions(*(name.lower() for name in PEERS))
        notes.append("Peers: " + ", ".join(f"{name} {number}" for name, number in versions.items()) + ".")
    return Outcome("events", measure(contenders, wanted.rounds, wanted.part), goals(), notes)


def goals() -> list[Goal]:
    """Beside the fastest peer of the same round; nothing lost, nothing doubled."""

    def over_fastest(measure: str) -> Callable[[Round], float]:
        return lambda figures: figures[OURS][measure] / max(figures[peer][measure] for peer in PEERS)

    def wrong(figures: Round) -> float:
        return sum(figures[row][fault] for row in (OURS, SMALL) for fault in (LOST, DOUBLED))

    return [
        Goal("live, times the fastest peer", 2, over_fastest(LIVE)),
        Goal("live, only telling, times the fastest peer", 2, over_fastest(TELLING)),
        Goal("draining, times the fastest peer", 3, over_fastest(DRAIN)),
        Goal("lost or doubled by us", 0, wrong, at_most=True),
    ]


def ours(here: Stand, amount: int, *, with_servers: bool) -> Mapping[str, float]:
    """The mechanism itself: a publisher, a relay and a consumer."""
    place = Place.on(here, with_database=with_servers, with_broker=with_servers)
    relay, worker, publisher = (
        here.python("tests.bench.services", place.text(), role) for role in ("relay", "listen", "publish")
    )
    with _asking(place, "publisher") as outbox, _asking(place, "subscriber") as effects:
        arrived = "SELECT sent FROM outbox_head" if with_servers else "SELECT MAX(seq) FROM outbox"

        def waiting(published: int) -> bool:
            return bool((outbox(arrived) or [0])[0] >= published)

        try:
            return Ready(publisher, worker, effects, relay, waiting).run(amount)
        finally:
            here.stop(publisher, relay, worker)


@contextlib.contextmanager
def _asking(place: Place, name: str) -> Any:
    """Asks one of our stores, from outside."""
    if place.database is not None:
        with _asking_server(f"{place.database}_{name}") as ask:
            yield ask
        return
    where = f"file:{place.folder}/{name}.sqlite3?mode=ro"
    with contextlib.closing(sqlite3.connect(where, uri=True, isolation_level=None)) as file:
        yield lambda question: file.execute(question).fetchone()


@contextlib.contextmanager
def _asking_server(url: str) -> Any:
    with psycopg.connect(url, autocommit=True) as server:
        yield lambda question: server.execute(question).fetchone()


def _peer(here: Stand, amount: int, python: Path, name: str) -> Contender:
    commands = {
        "celery": ["-m", "celery", "-A", "with_celery", "worker", "--concurrency", "1", "--loglevel", "WARNING",
                   "--without-gossip", "--without-mingle", "--without-heartbeat"],
        "dramatiq": ["-m", "dramatiq", "with_dramatiq", "--processes", "1", "--threads", "1"],
        "faststream": [str(FOLDER / "with_faststream.py"), "work"],
    }  # fmt: skip

    def run() -> Mapping[str, float]:
        environ = _peer_environment(here)
        worker = here.child([str(python), *commands[name]], f"{name}.worker", environ)
        publish = [str(python), str(FOLDER / f"with_{name}.py"), "publish"]
        publisher = here.child(publish, f"{name}.publisher", environ)
        try:
            with _asking_server(environ["PEER_DATABASE"]) as effects:
                return Ready(publisher, worker, effects).run(amount)
        finally:
            here.stop(publisher, worker)

    return run


def _peer_environment(here: Stand) -> dict[str, str]:
    """A queue and a database of its own."""
    number = f"peer{next(_numbers)}"
    queue, url = f"{here.broker}.{number}", f"{here.database.url}_{number}"
    here.broker.also(queue, f"{queue}.DQ", f"{queue}.XQ")
    with psycopg.connect(here.database.server_url, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(f"{here.database}_{number}")))
    with psycopg.connect(url) as store:
        store.execute("CREATE TABLE effect (n INTEGER NOT NULL, at DOUBLE PRECISION NOT NULL)")
        store.execute("CREATE TABLE change (n INTEGER NOT NULL, at DOUBLE PRECISION NOT NULL)")
    return {
        "PEER_QUEUE": queue,
        "PEER_BROKER": here.broker.url,
        "PEER_DATABASE": url,
        "PYTHONPATH": str(FOLDER),
        "dramatiq_queue_prefetch": "50",
    }
