"""Doing by hand what the work process does: step after step in one thread, until nothing moves any more."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from deploy.town.layout import NAMES, SERVICES, Town, feeds_for
from services.notifications.channels.mailbox import Mailbox
from shared import clock, work

_MOST_STEPS = 200
_SOON_SECONDS = 2


class Hands:
    """The relays, listeners and chores of a town that is open in this process, and its mailbox."""

    def __init__(self, town: Town) -> None:
        self.mailbox = Mailbox(town.mailbox)
        self.mailbox.serve("127.0.0.1", town.smtp_port)
        self._parts: list[work.Part] = []
        for service in SERVICES:
            settings = replace(
                town.settings_of(service.name), broker=None
            )  # here letters are read where they are said
            self._parts += service.work(settings, NAMES, feeds_for(service))

    def settle(self) -> None:
        """Go on until the town is at rest; letters that are tried again soon are waited for."""
        for _ in range(_MOST_STEPS):
            moved = [part.step() for part in self._parts]
            if not any(moved) and not _wait_for_retries():
                return
        raise RuntimeError("the town does not come to rest")

    def hear(self) -> None:
        """Only relay and listen until all was heard: nothing is sent, and nothing that became due is done."""
        hearing = [part for part in self._parts if part.name in ("relay", "listener")]
        moved = [True]
        while any(moved):
            moved = [part.step() for part in hearing]

    def close(self) -> None:
        """Give the leases back and close the mailbox."""
        self.mailbox.stop()
        for part in self._parts:
            part.close()


def _wait_for_retries() -> bool:
    wall: Any = clock.wall()
    due = [service.house.inbox.next_retry_at() for service in SERVICES]
    soon = [(moment - wall).total_seconds() for moment in due if moment is not None]
    soon = [seconds for seconds in soon if seconds < _SOON_SECONDS]
    if soon:
        time.sleep(max(0.0, min(soon)))
    return bool(soon)
