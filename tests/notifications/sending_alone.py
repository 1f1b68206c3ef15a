"""A work process that does nothing but send, to be killed: `python tests/notifications/sending_alone.py`."""

from __future__ import annotations

import os
import sys
import time

sys.path.insert(0, os.getcwd())

from services.notifications.app import chores, service
from shared import log
from shared.house import feeds_of


def main() -> None:
    """Send what is due until somebody ends it."""
    log.configure("notifications", level=50)
    settings = service.read_settings()
    service.house.open(settings)
    steps = [chore.step for chore in chores(settings, feeds_of(service.house, settings, service.ears.sources))]
    while True:
        moved = [step() for step in steps]
        if not any(moved):
            time.sleep(0.02)


if __name__ == "__main__":
    main()
