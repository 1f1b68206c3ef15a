"""The threads of a work process, each woken by its wake-up, with a slow poll behind that."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import structlog

from shared import log
from shared.messaging.consumer import Consumer
from shared.messaging.feed import Feeds
from shared.messaging.rabbitmq.consumer import RabbitConsumer
from shared.messaging.rabbitmq.publisher import RabbitPublisher
from shared.messaging.relay import Relay
from shared.messaging.subscriptions import Subscriptions
from shared.messaging.wakeup import Wakeup, Wakeups
from shared.service import Service
from shared.settings import ServiceSettings
from shared.storage import StoreUnavailable
from shared.storage.lease import LeaseLost

POLL_SECONDS = 1.0
ERROR_PAUSE_SECONDS = 1.0
# A job that is woken again and again runs no more often than this: between events there is seldom work for it.
JOB_SECONDS = 0.25


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
    wait: Callable[[float], None] | None = None  # instead of for the wake-up

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

    return [
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


def _broker_transport(
    service: Service, subscriptions: Subscriptions, settings: ServiceSettings
) -> tuple[RabbitPublisher | None, RabbitConsumer | None]:
    if settings.broker is None:
        return None, None
    place = (settings.broker, settings.broker_prefix, service.name)
    return RabbitPublisher(*place), RabbitConsumer(*place, subscriptions.sources)


def _remote_wakeups(service: Service, wakeups: Wakeups) -> WorkerThread:
    """Pass on the wake-ups of other machines."""

    def wait(seconds: float) -> None:
        for wakeup in service.database.engine.wait_notified(seconds):
            wakeups.notify(wakeup)

    return WorkerThread(service.name, "remote_wakeups", lambda: False, wait=wait)


def run(workers: Sequence[WorkerThread], settings: ServiceSettings, stop: threading.Event) -> None:
    """Run every worker in a thread of its own until `stop` is set, then release the leases.

    Raises SystemExit when a thread ended by itself.
    """
    wakeups = Wakeups(settings.place)
    waiters = [(worker, wakeups.waiter(worker.wakeup)) for worker in workers]
    threads = [
        threading.Thread(target=_loop, args=(worker, wakeup, stop), name=worker.wakeup)
        for worker, wakeup in waiters
    ]
    for thread in threads:
        thread.start()
    while not stop.wait(1.0):
        if not all(thread.is_alive() for thread in threads):
            # A thread that ended by itself would be missed in silence: better that the supervisor starts us anew.
            stop.set()
            log.error("worker_thread_ended")
            raise SystemExit(1)
    for worker, _ in waiters:
        wakeups.notify(worker.wakeup)
    for thread in threads:
        thread.join()


def _loop(worker: WorkerThread, wakeup: Wakeup, stop: threading.Event) -> None:
    structlog.contextvars.bind_contextvars(service=worker.service, worker=worker.name)
    while not stop.is_set():
        started_at = time.monotonic()
        if not _step(worker, stop):
            worker.idle()
            (worker.wait or wakeup.wait)(worker.poll_seconds)
            if worker.min_interval_seconds:
                stop.wait(max(0.0, started_at + worker.min_interval_seconds - time.monotonic()))
    try:
        worker.close()
    except (StoreUnavailable, LeaseLost) as error:
        log.error("worker_thread_not_closed", error)
    worker.idle()
    wakeup.close()


def _step(worker: WorkerThread, stop: threading.Event) -> bool:
    """Do one step; a failure is logged and waited out, because what is due next must not suffer from it."""
    try:
        return worker.step()
    except LeaseLost:
        return False
    except Exception as error:
        log.error("worker_step_failed", error)
        stop.wait(ERROR_PAUSE_SECONDS)
        return False
