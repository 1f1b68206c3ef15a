"""Milliseconds from the commit of a change to the commit of its effect at who listens, at an even pace.

The mechanism is one publishing process and one work process with one consumer, on each transport and each
database; the installation is its own work process with all that runs there, until the last of three consumers has
it: in one, as `./houvast start` has it, and in one for each service, as the real installation has it. Beside them
is who looks once a second.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from tests.bench import installation
from tests.bench.rounds import Contender, Goal, Outcome, Round, measure, percentile
from tests.bench.services import Place
from tests.bench.stand import Stand, Wanted, until

ABOUT = "milliseconden van opgeslagen tot verwerkt bij 50 gebeurtenissen per seconde, naast elke seconde kijken"
P50, P99 = "p50 ms", "p99 ms"
STORES, TRANSPORTS = {"SQLite": False, "PostgreSQL": True}, {"local": False, "RabbitMQ": True}
MECHANISM, POLLING = "the mechanism", "looking every second"
INSTALLATION, REAL = "the installation in one process", "the installation, each service apart"
PER_SECOND, AMOUNT, WARM_UP = 50, 150, 20


def run(here: Stand, wanted: Wanted) -> Outcome:
    """Measure all."""
    amount = wanted.amount or AMOUNT
    rows: dict[str, Contender] = {}
    for store, with_database in STORES.items():
        rows[f"{POLLING}, {store}"] = _mechanism(here, amount, "poll", with_database, False)
        for transport, with_broker in TRANSPORTS.items():
            rows[_row(MECHANISM, transport, store)] = _mechanism(here, amount, "both", with_database, with_broker)
            rows[_row(INSTALLATION, transport, store)] = _installation(
                here, amount, with_database, with_broker, apart=False
            )
    rows[_row(REAL, "RabbitMQ", "PostgreSQL")] = _installation(here, amount, True, True, apart=True)
    rounds = measure(dict(sorted(rows.items())), wanted.rounds, wanted.part)
    notes = [f"{amount} events for each row and round, {PER_SECOND} a second at an even pace."]
    return Outcome("latency", rounds, goals(), notes)


def _row(subject: str, transport: str, store: str) -> str:
    return f"{subject}, {transport} transport, {store}"


def goals() -> list[Goal]:
    """At most 5 and 15 ms: the mechanism on both databases, with the slower transport; the installation as
    `./houvast start` has it, without servers and with both, and each service apart.
    """
    real = ("RabbitMQ", "PostgreSQL")
    judged = {
        f"{MECHANISM}, {store}": [_row(MECHANISM, transport, store) for transport in TRANSPORTS]
        for store in STORES
    } | {
        row: [row] for row in (_row(INSTALLATION, "local", "SQLite"), _row(INSTALLATION, *real), _row(REAL, *real))
    }

    def slowest(rows: list[str], measure: str) -> Callable[[Round], float]:
        return lambda figures: max(figures[row][measure] for row in rows)

    return [
        Goal(f"{subject}, {measure}", bound, slowest(rows, measure), at_most=True)
        for subject, rows in judged.items()
        for measure, bound in ((P50, 5), (P99, 15))
    ]


def _mechanism(here: Stand, amount: int, role: str, with_database: bool, with_broker: bool) -> Contender:
    """One that publishes and one that works as `role` says."""

    def run() -> Mapping[str, float]:
        place = Place.on(here, with_database=with_database, with_broker=with_broker, notes_commits=True)
        place.commits.touch()
        worker, publisher = (here.python("tests.bench.services", place.text(), each) for each in (role, "publish"))
        publisher.ask(f"change {WARM_UP} 0")
        until(lambda: len(handled(place.commits)) >= WARM_UP, "de eerste verwerken", worker)
        done = publisher.ask(f"change {amount} {WARM_UP} {PER_SECOND}")["done"]
        until(lambda: len(handled(place.commits)) >= WARM_UP + amount, "alles verwerken", worker)
        here.stop(publisher, worker)
        at = handled(place.commits)
        return percentiles([(at[n] - moment) * 1000 for n, moment in enumerate(done, start=WARM_UP)])

    return run


def handled(commits: Path) -> dict[int, float]:
    """number -> the moment at which its effect was committed."""
    lines = (line.split() for line in commits.read_text(encoding="ascii").splitlines())
    return {int(words[0]): float(words[1]) for words in lines if len(words) == 2}


def _installation(here: Stand, amount: int, with_database: bool, with_broker: bool, *, apart: bool) -> Contender:
    prepared = installation.Prepared(here, with_database=with_database, with_broker=with_broker)
    return lambda: percentiles(prepared.latencies(amount, PER_SECOND, apart=apart))


def percentiles(milliseconds: list[float]) -> Mapping[str, float]:
    """The two that are judged."""
    return {P50: percentile(milliseconds, 50), P99: percentile(milliseconds, 99)}
