"""What a work process does: a thread for each part, woken by its bell, with a slow poll behind it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import structlog

from shared import log
from shared.bus.receiving import Post
from shared.bus.sending import Sender
from shared.doorbell import Bell, Doorbells
from shared.ears import Ears
from shared.feed import Feeds
from shared.house import House
from shared.lease import LeaseLost
from shared.listener import Listener
from shared.relay import Relay
from shared.settings import ServiceSettings
from shared.store import StoreUnavailable

POLL_SECONDS = 1.0
TROUBLE_SECONDS = 1.0
# A chore that is woken again and again looks no more often than this: between letters there is seldom work for it.
CHORE_SECONDS = 0.25


@dataclass(frozen=True)
class Chore:
    """Something that becomes due: `step` does some of it and says whether there may be more at once."""

    name: str
    step: Callable[[], bool]


@dataclass(frozen=True)
class Part:
    """One thread's work."""

    service: str
    name: str
    step: Callable[[], bool]
    close: Callable[[], None] = lambda: None
    rest: Callable[[], None] = lambda: None  # nothing to do for now: others may have what we hold
    poll_seconds: float = POLL_SECONDS
    least_seconds: float = 0.0  # from a look that found nothing to the next
    wait: Callable[[float], None] | None = None  # instead of at the bell

    @property
    def bell(self) -> str:
        """The bell that wakes it."""
        return f"{self.service}.{self.name}"


def parts(
    house: House,
    ears: Ears,
    chores: Iterable[Chore],
    settings: ServiceSettings,
    known: Sequence[str],
    feeds: Feeds,
) -> list[Part]:
    """Relay, listener and chores of one service; `known` are all services that may listen, feeds their logs."""
    bells = Doorbells(settings.place)
    courier, post = _courier_and_post(house, ears, settings)

    def announce() -> None:
        for name in known:
            bells.ring(f"{name}.listener")

    relay = Relay(house.outbox, house.leases.lease("relay", settings.lease_seconds), announce, courier)
    listener = Listener(ears, feeds, house.leases.lease("listener", settings.lease_seconds), post)

    def listen() -> bool:
        worked = listener.step()
        if worked:
            for chore in chores:
                bells.ring(f"{house.name}.{chore.name}")
        return worked

    def rest() -> None:
        house.database.let_go()
        for feed in feeds.values():
            feed.let_go()

    return [
        Part(house.name, "relay", relay.step, relay.close, rest),
        Part(house.name, "listener", listen, listener.close, rest, wait=None if post is None else post.wait),
        *(Part(house.name, chore.name, chore.step, rest=rest, least_seconds=CHORE_SECONDS) for chore in chores),
        Part(house.name, "housekeeping", house.keep_tidy, rest=rest, poll_seconds=3600.0),
        *([] if settings.database is None else [_calls(house, bells)]),
    ]


def _courier_and_post(house: House, ears: Ears, settings: ServiceSettings) -> tuple[Sender | None, Post | None]:
    if settings.broker is None:
        return None, None
    told = (settings.broker, settings.broker_prefix, house.name)
    return Sender(*told), Post(*told, ears.sources)


def _calls(house: House, bells: Doorbells) -> Part:
    """Passes on the bells that are rung on other machines."""

    def wait(seconds: float) -> None:
        for bell in house.database.engine.calls(seconds):
            bells.ring(bell)

    return Part(house.name, "calls", lambda: False, wait=wait)


def run(all_parts: Sequence[Part], settings: ServiceSettings, stop: threading.Event) -> None:
    """Run every part in a thread of its own until `stop` is set; then give the leases back."""
    bells = Doorbells(settings.place)
    waiting = [(part, bells.bell(part.bell)) for part in all_parts]
    threads = [threading.Thread(target=_loop, args=(part, bell, stop), name=part.bell) for part, bell in waiting]
    for thread in threads:
        thread.start()
    while not stop.wait(1.0):
        if not all(thread.is_alive() for thread in threads):
            # A part that ended by itself would be missed in silence: better that whoever minds us starts anew.
            stop.set()
            log.trouble("part_ended")
            raise SystemExit(1)
    for part, _ in waiting:
        bells.ring(part.bell)
    for thread in threads:
        thread.join()


def _loop(part: Part, bell: Bell, stop: threading.Event) -> None:
    structlog.contextvars.bind_contextvars(service=part.service, part=part.name)
    while not stop.is_set():
        looked_at = time.monotonic()
        if not _step(part, stop):
            part.rest()
            (part.wait or bell.wait)(part.poll_seconds)
            if part.least_seconds:
                stop.wait(max(0.0, looked_at + part.least_seconds - time.monotonic()))
    try:
        part.close()
    except (StoreUnavailable, LeaseLost) as error:
        log.trouble("part_not_closed", error)
    part.rest()
    bell.close()


def _step(part: Part, stop: threading.Event) -> bool:
    """One step; a failure is said and waited out, because the next thing due must not suffer from it."""
    try:
        return part.step()
    except LeaseLost:
        return False
    except Exception as error:
        log.trouble("part_failed", error)
        stop.wait(TROUBLE_SECONDS)
        return False
