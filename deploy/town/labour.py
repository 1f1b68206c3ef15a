"""The work process of the embedded town: relays, listeners and chores of all four services, and the mailbox."""

from __future__ import annotations

from collections.abc import Sequence

from deploy.town.layout import NAMES, SERVICES, feeds_for
from services.notifications.channels.mailbox import Mailbox
from shared import door, log, work


def run(names: Sequence[str] = NAMES) -> None:
    """Do the work of these services until asked to stop. The environment says everything, as for each apart."""
    parts: list[work.Part] = []
    mailbox: Mailbox | None = None
    for service in SERVICES:
        settings = service.read_settings()
        service.house.open(settings)
        if service.name not in names:
            continue
        parts += service.work(settings, NAMES, feeds_for(service))
        if service.name == "notifications" and settings.mailbox is not None:
            mailbox = Mailbox(settings.mailbox)
            mailbox.serve(settings.smtp_host, settings.smtp_port)
    try:
        work.run(parts, settings, door.stop_on_signal())
    finally:
        if mailbox is not None:
            mailbox.stop()


if __name__ == "__main__":
    log.configure("town")
    run()
