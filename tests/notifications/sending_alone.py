"""A work process that does nothing but send, to be killed: `python tests/notifications/sending_alone.py`."""

from __future__ import annotations

import os
import sys
import time

sys.path.insert(0, os.getcwd())

from services.notifications.app import application, jobs
from shared import log
from shared.service import open_feeds


def main() -> None:
    """Send what is due until somebody ends it."""
    log.configure("notifications", level=50)
    settings = application.read_settings()
    application.service.open(settings)
    steps = [
        job.step
        for job in jobs(settings, open_feeds(application.service, settings, application.subscriptions.sources))
    ]
    while True:
        moved = [step() for step in steps]
        if not any(moved):
            time.sleep(0.02)


if __name__ == "__main__":
    main()
