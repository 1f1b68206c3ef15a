"""The threads of a work process, each woken by its wake-up, with a slow poll behind that."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import structlog

from shared import log, watchdog
from shared.messaging.consumer import Consumer
from shared.messaging.feed import Feeds
from shared.messaging.rabbitmq.consumer import RabbitConsumer
from shared.messaging.rabbitmq.publisher import RabbitPublisher
from shared.messaging.relay import Relay
from shared.messaging.subscriptions import Subscriptions
from shared.messaging.transport import TransportDown
from shared.messaging.wakeup import Wakeup, Wakeups
from shared.service import Service
from shared.settings import ServiceSettings
from shared.storage import is_server_lost
from shared.storage.lease import LeaseLost
from shared.watchdog import Progress
from shared.worker_failures import WorkerFailures

POLL_SECONDS = 1.0
ERROR_PAUSE_SECONDS = 1.0
# One failure may be chance; whoever fails so often in a row needs a person.
MOST_FAILURES = 3
# A job that is woken again and again runs no more often than this: between events there is seldom work for it.
JOB_SECONDS = 0.25
WATCH_SECONDS = 0.25
LATE_SECONDS = 2.0
# Whoever was asked to stop ends within END_SECONDS: in order if that is done in STOP_SECONDS, else as it is.
STOP_SECONDS = 7.0
END_SECONDS = 9
# After trouble the others may finish what they are at; so that from its beginning to the end it takes ten seconds.
TROUBLE_GRACE_SECONDS = 1.0


@dataclass(frozen=True)
class Job:
    """Something that becomes due: `step` does some of it and tells whether there may be more at once."""

    name: str
    step: Callable[[], bool]


@dataclass(frozen=True)
class WorkerThread:
    """The work of one thread: `step` until it returns False, then wait."""

    service: str
    name: str
    step: Callable[[], bool]
    close: Callable[[], None] = lambda: None
    idle: Callable[[], None] = lambda: None  # releases what others may need meanwhile
    poll_seconds: float = POLL_SECONDS
    min_interval_seconds: float = 0.0  # from a step without work to the next
    wait: Callable[[float], bool] | None = None  # instead of for the wake-up; True when there may be work
    failures: WorkerFailures | None = None  # where it is kept that it fails each time

    @property
    def wakeup(self) -> str:
        """The name of its wake-up."""
        return f"{self.service}.{self.name}"


def worker_threads(
    service: Service,
    subscriptions: Subscriptions,
    jobs: Iterable[Job],
    settings: ServiceSettings,
    services: Sequence[str],
    feeds: Feeds,
) -> list[WorkerThread]:
    """Return relay, consumer, jobs and housekeeping of one service.

    services  all that may consume its events
    feeds     the logs of those that it consumes
    """
    wakeups = Wakeups(settings.place)
    transport, incoming = _broker_transport(service, subscriptions, settings)

    def announce() -> None:
        for name in services:
            wakeups.notify(f"{name}.consumer")

    relay = Relay(service.outbox, service.leases.lease("relay", settings.lease_seconds), announce, transport)
    consumer = Consumer(subscriptions, feeds, service.leases.lease("consumer", settings.lease_seconds), incoming)

    def consume() -> bool:
        worked = consumer.step()
        if worked:
            for job in jobs:
                wakeups.notify(f"{service.name}.{job.name}")
        return worked

    def idle() -> None:
        service.database.release()
        for feed in feeds.values():
            feed.release()

    threads = [
        WorkerThread(service.name, "relay", relay.step, relay.close, idle),
        WorkerThread(
            service.name,
            "consumer",
            consume,
            consumer.close,
            idle,
            wait=None if incoming is None else incoming.wait,
        ),
        *(
            WorkerThread(service.name, job.name, job.step, idle=idle, min_interval_seconds=JOB_SECONDS)
            for job in jobs
        ),
        WorkerThread(service.name, "housekeeping", service.run_housekeeping, idle=idle, poll_seconds=3600.0),
        *([] if settings.database is None else [_remote_wakeups(service, wakeups)]),
    ]
    return [replace(thread, failures=service.worker_failures) for thread in threads]


def _broker_transport(
    service: Service, subscriptions: Subscriptions, settings: ServiceSettings
) -> tuple[RabbitPublisher | None, RabbitConsumer | None]:
    if settings.broker is None:
        return None, None
    place = (settings.broker, settings.broker_prefix, service.name)
    return RabbitPublisher(*place), RabbitConsumer(*place, subscriptions.sources)


def _remote_wakeups(service: Service, wakeups: Wakeups) -> WorkerThread:
    """Pass on the wake-ups of other machines."""

    def wait(seconds: float) -> bool:
        names = service.database.engine.wait_notified(seconds)
        for name in names:
            wakeups.notify(name)
        return bool(names)

    return WorkerThread(service.name, "remote_wakeups", lambda: False, wait=wait)


class StopRequest(Protocol):
    """Tells whether this process is asked to stop."""

    def is_set(self) -> bool:
        """Whether it is."""


def run(workers: Sequence[WorkerThread], settings: ServiceSettings, stop: StopRequest) -> None:
    """Run every worker in a thread of its own until `stop` is set; then release the leases.

    Raises SystemExit when a thread ended by itself, hangs, or cannot reach its servers: it would be missed in
    silence, and a supervisor starts the process anew.
    """
    wakeups, stopping = Wakeups(settings.place), threading.Event()
    threads = [_Thread(worker, wakeups.waiter(worker.wakeup), stopping) for worker in workers]
    for thread in threads:
        thread.start()
    has_trouble = _watch(threads, stop)
    stopping.set()
    if has_trouble:
        end_within(END_SECONDS)
    for worker in workers:
        wakeups.notify(worker.wakeup)
    until = time.monotonic() + (TROUBLE_GRACE_SECONDS if has_trouble else STOP_SECONDS)
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    left = [thread for thread in threads if thread.is_alive()]
    for thread in left:
        log.error("worker_thread_not_stopped", thread=thread.name, place=thread.progress.place())
    if has_trouble or left:
        raise SystemExit(1)


def end_within(seconds: int) -> None:
    """Let the kernel end this process after so many seconds, whatever it then hangs on; the first call counts."""
    if not any(signal.getitimer(signal.ITIMER_REAL)):
        signal.alarm(seconds)


class _Thread(threading.Thread):
    """Runs one worker; a daemon, because what hangs must not keep its process from ending."""

    def __init__(self, worker: WorkerThread, wakeup: Wakeup, stopping: threading.Event) -> None:
        super().__init__(name=worker.wakeup, daemon=True)
        self.progress = Progress(worker.wakeup)
        self._worker, self._wakeup, self._stopping = worker, wakeup, stopping
        self._fault: str | None = None
        self._failures = 0
        self._is_known_to_fail: bool | None = None  # as it is kept; None when that is not known

    def trouble(self) -> str | None:
        """Return why its process is of no use any more, None when all is well."""
        return self.progress.trouble() if self.is_alive() else "ended"

    def run(self) -> None:
        """Step, and wait when there is nothing to do, until asked to stop; then give back what it holds."""
        structlog.contextvars.bind_contextvars(service=self._worker.service, worker=self._worker.name)
        self.progress.follow()
        while not self._stopping.is_set():
            self._fault = None
            if self._guarded("worker_step_failed", self._step_and_wait):
                self.progress.reach()
                self._failures = 0
                self._guarded("worker_failure_not_kept", self._keep_failure)
                continue
            if self._fault is not None:
                self._failures += 1
                self._guarded("worker_failure_not_kept", self._keep_failure)
            self._guarded("worker_not_released", self._worker.idle)
            self._stopping.wait(ERROR_PAUSE_SECONDS)
        self._guarded("worker_thread_not_closed", self._worker.close)
        self._guarded("worker_not_released", self._worker.idle)
        self._wakeup.close()

    def _guarded(self, name: str, act: Callable[[], None]) -> bool:
        """Whether this worked. What failed is logged: what is due next must not suffer from it."""
        self.progress.report()
        try:
            act()
        except LeaseLost:
            return True
        except Exception as error:
            log.error(name, error)
            if isinstance(error, TransportDown):
                self.progress.lose(watchdog.BROKER)
            elif is_server_lost(error):
                self.progress.lose(watchdog.STORE)
            else:
                self._fault = log.describe(error)
            return False
        return True

    def _keep_failure(self) -> None:
        """Keep it when this begins or ceases to fail each time."""
        failures, is_failing = self._worker.failures, self._failures >= MOST_FAILURES
        if failures is None or is_failing == self._is_known_to_fail:
            return
        if is_failing:
            failures.record(self._worker.name, self._fault or "")
        else:
            failures.clear(self._worker.name)
            self._worker.idle()
        self._is_known_to_fail = is_failing

    def _step_and_wait(self) -> None:
        started_at = time.monotonic()
        if self._worker.step():
            return
        self._worker.idle()
        self._wait()
        if self._worker.min_interval_seconds:
            self._stopping.wait(max(0.0, started_at + self._worker.min_interval_seconds - time.monotonic()))

    def _wait(self) -> None:
        """Wait for the wake-up or until the next poll, never for long without looking whether to stop."""
        until = time.monotonic() + self._worker.poll_seconds
        is_woken: bool | None = False
        while not (is_woken or self._stopping.is_set()) and (left := until - time.monotonic()) > 0:
            self.progress.report()
            is_woken = (self._worker.wait or self._wakeup.wait)(min(left, POLL_SECONDS))


def _watch(threads: Sequence[_Thread], stop: StopRequest) -> bool:
    """Wait until asked to stop; True when a thread is in trouble before that."""
    looked_at = time.monotonic()
    while not stop.is_set():
        time.sleep(WATCH_SECONDS)
        late_by, looked_at = time.monotonic() - looked_at - WATCH_SECONDS, time.monotonic()
        if late_by > LATE_SECONDS:
            # The whole process stood still, or the machine: that says nothing of a thread.
            for thread in threads:
                thread.progress.report()
        for thread in threads:
            if thread.progress.is_cut_off():
                log.error("worker_cut_off", thread=thread.name)
        troubled = [(thread, trouble) for thread in threads if (trouble := thread.trouble()) is not None]
        for thread, trouble in troubled:
            log.error("worker_in_trouble", thread=thread.name, trouble=trouble, place=thread.progress.place())
        if troubled:
            return True
    return False
