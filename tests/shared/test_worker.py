"""A work process that stops without a word is impossible: what hangs or ends, ends it with an error."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import peewee
import psycopg
import pytest

from deploy.local.servers import Servers
from shared import watchdog, worker
from shared.messaging.wakeup import PLACES, Wakeup, Wakeups
from shared.storage import Database, is_server_lost
from tests.shared.conftest import ServicePair
from tests.support.faulty_network import FaultyNetwork

PATIENCE_SECONDS = 30
ON_POSTGRES = pytest.mark.parametrize("pair", ["local-postgres"], indirect=True)


class WorkProcess:
    """A process of `worker_process.py` that works by now."""

    def __init__(self, fate: str, place: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("worker_process.py")), fate, str(place)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "works\n"

    def ended(self) -> tuple[int, list[dict[str, Any]]]:
        """Wait until it ended by itself: its exit code, and what it logged."""
        _, errors = self.process.communicate(timeout=PATIENCE_SECONDS)
        return self.process.returncode, [json.loads(line) for line in errors.splitlines()]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[str], WorkProcess]]:
    started: list[WorkProcess] = []

    def begin(fate: str) -> WorkProcess:
        started.append(WorkProcess(fate, tmp_path))
        return started[-1]

    yield begin
    for process in started:
        process.process.kill()
        process.process.communicate()


@pytest.fixture
def closing() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.mark.parametrize(
    ("fate", "trouble"), [("hangs", "stalled"), ("ends", "ended"), ("unreachable", "unreachable")]
)
def test_a_part_in_trouble_ends_its_process_with_an_error_that_names_it(
    start: Callable[[str], WorkProcess], fate: str, trouble: str
) -> None:
    code, lines = start(fate).ended()

    assert code == 1
    assert [(line["thread"], line["trouble"]) for line in lines if line["event"] == "worker_in_trouble"] == [
        ("test.part", trouble)
    ]


def test_a_part_that_reaches_no_server_says_so_once_before_that(start: Callable[[str], WorkProcess]) -> None:
    _, lines = start("unreachable").ended()

    assert [line["thread"] for line in lines if line["event"] == "worker_cut_off"] == ["test.part"]


def test_where_a_part_hangs_is_logged(start: Callable[[str], WorkProcess]) -> None:
    _, lines = start("hangs").ended()

    (line,) = [line for line in lines if line["event"] == "worker_in_trouble"]
    assert "threading.py:" in line["place"]


@pytest.mark.slow
@pytest.mark.parametrize("fate", ["works", "fails", "hangs", "hangs when it closes", "hangs behind its threads"])
def test_a_process_that_is_asked_to_stop_ends_whatever_it_does(
    start: Callable[[str], WorkProcess], fate: str
) -> None:
    working = start(fate)

    working.process.send_signal(signal.SIGTERM)
    code, _ = working.ended()

    assert code == {"works": 0, "fails": 0, "hangs behind its threads": -signal.SIGALRM}.get(fate, 1)


@pytest.mark.slow
def test_asking_again_and_again_does_not_put_the_end_off(start: Callable[[str], WorkProcess]) -> None:
    working = start("hangs behind its threads")

    while working.process.poll() is None:
        working.process.send_signal(signal.SIGTERM)
        time.sleep(0.1)

    assert working.process.returncode == -signal.SIGALRM


def test_two_processes_in_one_folder_both_end_when_asked(start: Callable[[str], WorkProcess]) -> None:
    both = [start("works"), start("works")]

    for working in both:
        working.process.send_signal(signal.SIGTERM)

    assert [working.ended()[0] for working in both] == [0, 0]


def test_a_wake_up_reaches_everybody_who_waits_for_it(tmp_path: Path, closing: ExitStack) -> None:
    wakeups = Wakeups(str(tmp_path))
    first, *others = [waiter(wakeups, closing) for _ in range(PLACES)]

    assert wakeups.notify("a.relay")
    assert all(process.wait(PATIENCE_SECONDS) for process in [first, *others])
    first.close()
    assert wakeups.notify("a.relay")
    assert all(process.wait(PATIENCE_SECONDS) for process in others)
    assert not wakeups.notify("b.relay")


def test_who_found_no_place_waits_by_its_poll_and_takes_one_that_comes_free(
    tmp_path: Path, closing: ExitStack
) -> None:
    wakeups = Wakeups(str(tmp_path))
    waiters = [waiter(wakeups, closing) for _ in range(PLACES + 1)]

    assert not waiters[-1].wait(0)
    waiters[0].close()
    waiters[-1].wait(0)
    wakeups.notify("a.relay")

    assert waiters[-1].wait(PATIENCE_SECONDS)


def waiter(wakeups: Wakeups, closing: ExitStack) -> Wakeup:
    made = wakeups.waiter("a.relay")
    closing.callback(made.close)
    return made


def test_what_is_allowed_to_take_long_is_no_trouble_and_afterwards_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watchdog, "STALL_SECONDS", -1.0)
    progress = watchdog.Progress("test.part")
    progress.follow()

    with watchdog.may_take(60):
        watchdog.report()
        while_allowed = progress.trouble()
    watchdog.report()

    assert while_allowed is None
    assert progress.trouble() == "stalled"


def test_whoever_reaches_its_store_again_is_cut_off_from_it_no_longer_but_still_from_its_broker(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watchdog, "UNREACHABLE_SECONDS", 0.0)
    progress, troubles = watchdog.Progress("test.part"), list[str | None]()
    progress.follow()

    for server in (watchdog.STORE, watchdog.BROKER):
        progress.lose(server)
        troubles.append(progress.trouble())
        watchdog.reach(watchdog.STORE)
        troubles.append(progress.trouble())

    assert troubles == ["unreachable", None, "unreachable", "unreachable"]


def test_what_fails_each_time_is_kept_until_it_works(harness: ServicePair) -> None:
    broken, stop, kept = threading.Event(), threading.Event(), harness.subscriber.worker_failures
    broken.set()

    def step() -> bool:
        if broken.is_set():
            raise KeyError("a name of somebody")
        return False

    settings = harness.settings("subscriber")
    part = worker.WorkerThread("subscriber", "part", step, failures=kept, idle=harness.subscriber.database.release)
    running = threading.Thread(target=worker.run, args=([part], settings, stop))
    running.start()
    try:
        until = time.monotonic() + PATIENCE_SECONDS
        while not kept.current() and time.monotonic() < until:
            time.sleep(0.05)
        failing = kept.current()
        broken.clear()
        while kept.current() and time.monotonic() < until:
            time.sleep(0.05)
    finally:
        stop.set()
        running.join()

    assert list(failing) == ["part"]
    assert failing["part"].startswith("KeyError at ")
    assert "somebody" not in failing["part"]
    assert kept.current() == {}


@ON_POSTGRES
@pytest.mark.slow
def test_the_wake_ups_of_other_machines_come_through_again_when_the_connection_was_ended(
    harness: ServicePair, pair: Servers, closing: ExitStack
) -> None:
    settings = harness.settings("subscriber")
    threads = worker.worker_threads(harness.subscriber, harness.subscriptions, [], settings, ["x"], {})
    (remote,) = [thread for thread in threads if thread.name == "remote_wakeups"]
    here, stop = waiter(Wakeups(settings.place), closing), threading.Event()
    running = threading.Thread(target=worker.run, args=([remote], settings, stop))
    running.start()

    def comes_through() -> bool:
        harness.subscriber.database.engine.notify("a.relay")
        return here.wait(1)

    try:
        assert any(comes_through() for _ in range(PATIENCE_SECONDS))
        assert end_listening(f"{pair.database}_subscriber") > 0
        while here.wait(0):
            pass
        assert any(comes_through() for _ in range(PATIENCE_SECONDS))
    finally:
        stop.set()
        running.join()


def end_listening(url: str) -> int:
    """End the connections that wait for a wake-up: how many there were."""
    with psycopg.connect(url, autocommit=True) as connection:
        ended = connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE 'LISTEN%'"
        )
        return len(ended.fetchall())


@pytest.mark.slow
@pytest.mark.timeout(40)  # each connection in turn would take longer
def test_connections_that_lead_nowhere_are_not_found_out_one_by_one(database_url: str) -> None:
    with FaultyNetwork(database_url) as network:
        database, barrier = Database("test"), threading.Barrier(6)
        database.open(network.url)

        def use() -> None:
            database.execute("SELECT 1")
            barrier.wait()
            database.release()

        users = [threading.Thread(target=use) for _ in range(barrier.parties)]
        for user in users:
            user.start()
        for user in users:
            user.join()

        network.cut("half_open")
        with pytest.raises(peewee.OperationalError) as lost:
            database.execute("SELECT 1")
        network.repair()
        database.release()
        answer = database.execute("SELECT 1").fetchone()
        database.close()

    assert is_server_lost(lost.value)
    assert answer == (1,)
