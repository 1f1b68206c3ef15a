"""A world that goes wrong at random, under load: nothing lost, nothing counted twice, and work goes on by itself.

    .venv/bin/python tests/crash/outages.py [--seed 1] [--rounds 20] [--postgres] [--rabbitmq] [--private]

People sign up and ask for sign-in links without pause, each trying again until answered. Meanwhile the network to
the database or the broker is cut, slowed or left half open, connections are ended, the disk is full, the clock is
wrong, processes get signals, and servers of our own are restarted, drawn from the seed. After each all is right
again, and somebody signs up and waits until meetings knows it. At the end every promise is counted. Exit code 0
only when all were kept.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import random
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from deploy.local.servers import Servers
from services.intake.models import Participant
from services.meetings.models import Signup
from shared import log
from tests.crash.storm import Crowd, broken_promises, mails_of
from tests.crash.supervised import SupervisedInstallation
from tests.support.faulty_network import FAULTS
from tests.support.run_servers import private_servers, real_servers
from tests.support.servers.postgres import PrivatePostgres
from tests.support.servers.rabbitmq import PrivateRabbit
from tests.support.servers.small_disk import SmallDisk

LONGEST_OUTAGE_SECONDS = 12.0
# Longer than any limit of ours, and than most patience.
LONG_OUTAGE_SECONDS = (31.0, 45.0)
FOR_LONG = " for long"
# Within the time that a link lasts.
WRONG_CLOCK_SECONDS = 300

Outage = Callable[[SupervisedInstallation], contextlib.AbstractContextManager[object]]
PrivateServers = tuple[PrivateRabbit | PrivatePostgres, ...]


@dataclass(frozen=True)
class Outcome:
    """What happened, how long it took at most until work went on, and each promise that was not kept."""

    seed: int
    outages: list[str]
    answered: int
    slowest_seconds: float
    broken: list[str]


def outages(running: SupervisedInstallation, private: PrivateServers) -> dict[str, Outage]:
    """What can go wrong with this installation, by its name; more with servers that are its own."""
    possible: dict[str, Outage] = {
        "sigterm": lambda running: _signals(running, signal.SIGTERM, None),
        "kill": lambda running: _signals(running, signal.SIGKILL, None),
        "standstill": lambda running: _signals(running, signal.SIGSTOP, signal.SIGCONT),
        "clock ahead": lambda running: _wrong_clock(running, WRONG_CLOCK_SECONDS),
        "clock behind": lambda running: _wrong_clock(running, -WRONG_CLOCK_SECONDS),
    }
    if running.database is None:
        possible["full disk"] = lambda running: running.full_disk()
    else:
        possible["connections ended"] = lambda running: _ended(running, "true")
        possible["waiting connections ended"] = lambda running: _ended(running, "query LIKE 'LISTEN%%'")
    for kind, network in (("database", running.database), ("broker", running.broker)):
        for fault in FAULTS if network is not None else ():
            possible[f"{kind} {fault}"] = _cut(kind, fault)
        if network is not None:
            possible[f"{kind} half_open{FOR_LONG}"] = _cut(kind, "half_open")
    for server in private:
        if isinstance(server, PrivateRabbit):
            possible["broker restarted"] = possible[f"broker away{FOR_LONG}"] = partial(_restarted, server)
            possible["connections ended by the broker"] = partial(_ended_by_broker, server)
        else:
            if server.disk is not None:
                possible["full disk"] = partial(_full_disk, server, server.disk)
            possible["database restarted"] = possible[f"database away{FOR_LONG}"] = partial(_restarted, server)
    return possible


def _cut(kind: str, fault: str) -> Outage:
    return lambda running: getattr(running, kind).out_of_order(fault)


@contextlib.contextmanager
def _signals(
    running: SupervisedInstallation, first: signal.Signals, then: signal.Signals | None
) -> Iterator[None]:
    running.signal("work", first)
    try:
        yield
    finally:
        if then is not None:
            running.signal("work", then)


@contextlib.contextmanager
def _wrong_clock(running: SupervisedInstallation, seconds: int) -> Iterator[None]:
    running.set_clock(seconds)
    try:
        yield
    finally:
        running.set_clock(0)


@contextlib.contextmanager
def _ended(running: SupervisedInstallation, where: str) -> Iterator[None]:
    running.end_connections(where)
    yield


@contextlib.contextmanager
def _restarted(server: PrivateRabbit | PrivatePostgres, running: SupervisedInstallation) -> Iterator[None]:
    server.stop()
    try:
        yield
    finally:
        server.start()
        running.forget_connections()


@contextlib.contextmanager
def _full_disk(server: PrivatePostgres, disk: SmallDisk, running: SupervisedInstallation) -> Iterator[None]:
    disk.fill()
    try:
        yield
    finally:
        disk.free()
        server.start()  # it ends when it has no room for its own log
        running.forget_connections()


@contextlib.contextmanager
def _ended_by_broker(rabbit: PrivateRabbit, _running: SupervisedInstallation) -> Iterator[None]:
    rabbit.ctl("close_all_connections", "an operator wanted so")
    yield


def rage(
    folder: Path,
    *,
    seed: int,
    rounds: int,
    people: int,
    servers: Servers,
    only: tuple[str, ...] = (),
    private: PrivateServers = (),
) -> Outcome:
    """Let so much go wrong with an installation in this folder, on these servers.

    only     chooses from what
    private  those of the servers that nobody else uses
    """
    chance, slowest, happened = random.Random(seed), 0.0, list[str]()
    running = SupervisedInstallation(folder, servers)
    crowd = Crowd(running, people, pause_seconds=0.2)
    try:
        running.start()
        possible = outages(running, private)
        names = sorted(name for name in possible if not only or name in only)
        crowd.start()
        for number in range(rounds):
            # Each once before any comes again.
            if number % len(names) == 0:
                chance.shuffle(names)
            happened.append(names[number % len(names)])
            log.event("outage", kind=happened[-1])
            lasts = LONG_OUTAGE_SECONDS if happened[-1].endswith(FOR_LONG) else (0, LONGEST_OUTAGE_SECONDS)
            with possible[happened[-1]](running):
                time.sleep(chance.uniform(*lasts))
            right_since = time.monotonic()
            _see_that_work_goes_on(running, crowd, f"after {number}")
            log.event("work_goes_on", seconds=round(time.monotonic() - right_since, 1))
            slowest = max(slowest, time.monotonic() - right_since)
        crowd.stop()
        running.wait_until(lambda: len(mails_of(running)) >= len(crowd.asked) and running.is_well())
        answered = len(crowd.signed_up) + len(crowd.asked)
        return Outcome(seed, happened, answered, round(slowest, 1), broken_promises(running, crowd))
    finally:
        log.event("mails", asked=len(crowd.asked), arrived=len(mails_of(running)))
        log.event("log", lines=running.log().splitlines()[-40:])
        crowd.stop()
        running.close()


def _see_that_work_goes_on(running: SupervisedInstallation, crowd: Crowd, name: str) -> None:
    """Somebody signs up, and meetings hears of it."""
    running.visitor().submit("/aanmelden/de-kade", "/aanmelden/de-kade", call_name=name)
    crowd.signed_up.append(name)
    # In order: whoever knows of as many as there are now knows of this one.
    there = Participant.select().count()
    running.wait_until(lambda: Signup.select().count() >= there)


def main() -> None:
    """Let it happen once and say what came of it."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--rounds", type=int, default=20)
    options.add_argument("--people", type=int, default=2)
    options.add_argument("--only", action="append", default=[], help="only what has this name; may be repeated")
    options.add_argument("--postgres", action="store_true", help="on the PostgreSQL server of this machine")
    options.add_argument("--rabbitmq", action="store_true", help="on the RabbitMQ broker of this machine")
    options.add_argument("--private", action="store_true", help="on servers of its own, which are restarted too")
    options.add_argument("--json", action="store_true")
    options.add_argument("--verbose", action="store_true", help="each as it happens, and in the end their log")
    chosen = options.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was started is ended too
    log.configure("outages", level=logging.INFO if chosen.verbose else logging.ERROR)
    wanted = (chosen.postgres, chosen.rabbitmq)
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.chmod(0o711)  # PostgreSQL runs as another user when root tries this
        private: PrivateServers = ()
        if chosen.private:
            servers, private = stack.enter_context(private_servers(folder, *wanted))
        else:
            servers = stack.enter_context(real_servers(*wanted))
        outcome = rage(
            folder / "installation",
            seed=chosen.seed,
            rounds=chosen.rounds,
            people=chosen.people,
            servers=servers,
            only=tuple(chosen.only),
            private=private,
        )
    if chosen.json:
        print(json.dumps(asdict(outcome)))
    else:
        print(f"seed {outcome.seed}: {', '.join(outcome.outages)}; {outcome.answered} asked")
        print(f"work went on within {outcome.slowest_seconds} seconds")
        print("\n".join(outcome.broken) or "0 lost, 0 twice, each subject in order")
    sys.exit(1 if outcome.broken else 0)


if __name__ == "__main__":
    main()
