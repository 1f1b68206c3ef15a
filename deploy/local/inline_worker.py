"""What the work process does, in this thread: step after step, until nothing moves any more."""

from __future__ import annotations

import time
from dataclasses import replace

from deploy.local.installation import APPLICATIONS, NAMES, Installation, feeds_for
from services.notifications.channels.mailbox import Mailbox
from shared import clock, worker

_MOST_STEPS = 200
_SOON_SECONDS = 2


class InlineWorker:
    """The relays, consumers and jobs of an installation that is open in this process, and its mailbox."""

    def __init__(self, installation: Installation) -> None:
        self.mailbox = Mailbox(installation.mailbox)
        self.mailbox.serve("127.0.0.1", installation.smtp_port)
        self.workers: list[worker.WorkerThread] = []
        for application in APPLICATIONS:
            # Without a broker: in one process events are read from the log of their publisher.
            settings = replace(installation.settings_of(application.name), broker=None)
            self.workers += application.work(settings, NAMES, feeds_for(application))

    def settle(self) -> None:
        """Work until the installation is at rest; wait for events that are tried again soon."""
        for _ in range(_MOST_STEPS):
            moved = [thread.step() for thread in self.workers]
            if not any(moved) and not _wait_for_retries():
                return
        raise RuntimeError("the installation does not come to rest")

    def close(self) -> None:
        """Give the leases back and close the mailbox."""
        self.mailbox.stop()
        for thread in self.workers:
            thread.close()


def _wait_for_retries() -> bool:
    wall = clock.wall()
    due = [application.service.inbox.next_retry_at() for application in APPLICATIONS]
    soon = [(moment - wall).total_seconds() for moment in due if moment is not None]
    soon = [seconds for seconds in soon if seconds < _SOON_SECONDS]
    if soon:
        time.sleep(max(0.0, min(soon)))
    return bool(soon)
