"""What a work process does: a thread for each part, woken by its bell, with a slow poll behind it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import structlog

from shared import log
from shared.doorbell import Bell, Doorbells
from shared.house import House, local_feed
from shared.lease import LeaseLost
from shared.listener import Ears, Listener
from shared.relay import Relay
from shared.settings import ServiceSettings
from shared.store import StoreUnavailable

POLL_SECONDS = 1.0
TROUBLE_SECONDS = 1.0


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
    close: Callable[[], None]
    poll_seconds: float = POLL_SECONDS


def parts(
    house: House, ears: Ears, chores: Iterable[Chore], settings: ServiceSettings, known: Sequence[str]
) -> list[Part]:
    """Relay, listener and chores of one service on the local courier; `known` are all services that may listen."""
    bells = Doorbells(str(settings.stores))
    feeds = {source: local_feed(settings.stores, source) for source in ears.sources}

    def hand_over() -> None:
        for name in known:
            bells.ring(f"{name}.listener")

    relay = Relay(house.outbox, house.leases.lease("relay", settings.lease_seconds), hand_over)
    listener = Listener(ears, feeds, house.leases.lease("listener", settings.lease_seconds))

    def listen() -> bool:
        worked = listener.step()
        if worked:
            for chore in chores:
                bells.ring(f"{house.name}.{chore.name}")
        return worked

    return [
        Part(house.name, "relay", relay.step, relay.close),
        Part(house.name, "listener", listen, listener.close),
        *(Part(house.name, chore.name, chore.step, _nothing) for chore in chores),
        Part(house.name, "housekeeping", house.commands.forget_old, _nothing, 3600.0),
    ]


def run(all_parts: Sequence[Part], settings: ServiceSettings, stop: threading.Event) -> None:
    """Run every part in a thread of its own until `stop` is set; then give the leases back."""
    bells = Doorbells(str(settings.stores))
    waiting = [(part, bells.bell(f"{part.service}.{part.name}")) for part in all_parts]
    threads = [
        threading.Thread(target=_loop, args=(part, bell, stop), name=f"{part.service}.{part.name}")
        for part, bell in waiting
    ]
    for thread in threads:
        thread.start()
    while not stop.wait(1.0):
        if not all(thread.is_alive() for thread in threads):
            # A part that ended by itself would be missed in silence: better that whoever minds us starts anew.
            stop.set()
            log.trouble("part_ended")
            raise SystemExit(1)
    for part, _ in waiting:
        bells.ring(f"{part.service}.{part.name}")
    for thread in threads:
        thread.join()


def _loop(part: Part, bell: Bell, stop: threading.Event) -> None:
    structlog.contextvars.bind_contextvars(service=part.service, part=part.name)
    while not stop.is_set():
        if not _step(part, stop):
            bell.wait(part.poll_seconds)
    try:
        part.close()
    except (StoreUnavailable, LeaseLost) as error:
        log.trouble("part_not_closed", error)
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


def _nothing() -> None:
    """Nothing to give back."""
