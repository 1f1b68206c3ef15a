"""The work process of the embedded installation: relays, consumers and jobs of all services, and the mailbox."""

from __future__ import annotations

from collections.abc import Sequence

from deploy.local.installation import APPLICATIONS, NAMES, feeds_for
from services.notifications.channels.mailbox import Mailbox
from services.notifications.settings import Settings
from shared import cli, log, worker


def run(names: Sequence[str] = NAMES) -> None:
    """Do the work of these services until asked to stop. The environment says everything, as for each apart."""
    worker_threads: list[worker.WorkerThread] = []
    mailbox: Mailbox | None = None
    for application in APPLICATIONS:
        settings = application.read_settings()
        application.service.open(settings)
        if application.name not in names:
            continue
        worker_threads += application.work(settings, NAMES, feeds_for(application))
        if isinstance(settings, Settings) and settings.mailbox is not None:
            mailbox = Mailbox(settings.mailbox)
            mailbox.serve(settings.smtp_host, settings.smtp_port)
    try:
        worker.run(worker_threads, settings, cli.stop_on_signal())
    finally:
        if mailbox is not None:
            mailbox.stop()


if __name__ == "__main__":
    log.configure("installation")
    run()
