"""What a work process does: a thread for each part, woken by its wake-up, with a slow poll behind it."""

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
# A job that is woken again and again looks no more often than this: between events there is seldom work for it.
JOB_SECONDS = 0.25


@dataclass(frozen=True)
class Job:
    """Something that becomes due: `step` does some of it and says whether there may be more at once."""

    name: str
    step: Callable[[], bool]


@dataclass(frozen=True)
class WorkerThread:
    """One thread's work."""

    service: str
    name: str
    step: Callable[[], bool]
    close: Callable[[], None] = lambda: None
    idle: Callable[[], None] = lambda: None  # nothing to do for now: others may have what we hold
    poll_seconds: float = POLL_SECONDS
    min_interval_seconds: float = 0.0  # from a look that found nothing to the next
    wait: Callable[[float], None] | None = None  # instead of at the wake-up

    @property
    def wakeup(self) -> str:
        """The wake-up that wakes it."""
        return f"{self.service}.{self.name}"


def worker_threads(
    service: Service,
    subscriptions: Subscriptions,
    jobs: Iterable[Job],
    settings: ServiceSettings,
    known: Sequence[str],
    feeds: Feeds,
) -> list[WorkerThread]:
    """Relay, consumer and jobs of one service; `known` are all services that may listen, feeds their logs."""
    wakeups = Wakeups(settings.place)
    transport, incoming = _broker_transport(service, subscriptions, settings)

    def announce() -> None:
        for name in known:
            wakeups.notify(f"{name}.consumer")

    relay = Relay(service.outbox, service.leases.lease("relay", settings.lease_seconds), announce, transport)
    consumer = Consumer(subscriptions, feeds, service.leases.lease("consumer", settings.lease_seconds), incoming)

    def listen() -> bool:
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
            listen,
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
    told = (settings.broker, settings.broker_prefix, service.name)
    return RabbitPublisher(*told), RabbitConsumer(*told, subscriptions.sources)


def _remote_wakeups(service: Service, wakeups: Wakeups) -> WorkerThread:
    """Passes on the wake-ups that are rung on other machines."""

    def wait(seconds: float) -> None:
        for wakeup in service.database.engine.wait_notified(seconds):
            wakeups.notify(wakeup)

    return WorkerThread(service.name, "calls", lambda: False, wait=wait)


def run(workers: Sequence[WorkerThread], settings: ServiceSettings, stop: threading.Event) -> None:
    """Run every part in a thread of its own until `stop` is set; then give the leases back."""
    wakeups = Wakeups(settings.place)
    waiting = [(worker, wakeups.waiter(worker.wakeup)) for worker in workers]
    threads = [
        threading.Thread(target=_loop, args=(worker, wakeup, stop), name=worker.wakeup)
        for worker, wakeup in waiting
    ]
    for thread in threads:
        thread.start()
    while not stop.wait(1.0):
        if not all(thread.is_alive() for thread in threads):
            # A part that ended by itself would be missed in silence: better that whoever minds us starts anew.
            stop.set()
            log.error("part_ended")
            raise SystemExit(1)
    for worker, _ in waiting:
        wakeups.notify(worker.wakeup)
    for thread in threads:
        thread.join()


def _loop(worker: WorkerThread, wakeup: Wakeup, stop: threading.Event) -> None:
    structlog.contextvars.bind_contextvars(service=worker.service, worker=worker.name)
    while not stop.is_set():
        looked_at = time.monotonic()
        if not _step(worker, stop):
            worker.idle()
            (worker.wait or wakeup.wait)(worker.poll_seconds)
            if worker.min_interval_seconds:
                stop.wait(max(0.0, looked_at + worker.min_interval_seconds - time.monotonic()))
    try:
        worker.close()
    except (StoreUnavailable, LeaseLost) as error:
        log.error("part_not_closed", error)
    worker.idle()
    wakeup.close()


def _step(worker: WorkerThread, stop: threading.Event) -> bool:
    """One step; a failure is said and waited out, because the next thing due must not suffer from it."""
    try:
        return worker.step()
    except LeaseLost:
        return False
    except Exception as error:
        log.error("part_failed", error)
        stop.wait(ERROR_PAUSE_SECONDS)
        return False
