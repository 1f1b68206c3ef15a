"""A whole installation that is open in this process, without threads."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path
from typing import Any

from deploy.local.doctor import examine_open_installation
from deploy.local.inline_worker import InlineWorker
from deploy.local.installation import APPLICATIONS, NAMES, Installation
from deploy.local.ports import free_port
from deploy.local.servers import remembered
from deploy.local.web import path_dispatcher
from services.notifications.channels.mailbox import Mailbox
from shared import clock
from shared.messaging import envelope
from tests.support.moments import moment_of
from tests.support.visitor import Visitor


class InlineInstallation:
    """Four services, their pages and their work; `settle` does what the work process would do."""

    __test__ = False

    def __init__(self, folder: Path, make: Callable[..., Installation] = Installation) -> None:
        self.installation = make(folder, 8780, free_port(), demo=True, servers=remembered(folder))
        self.installation.open()

    @cached_property
    def app(self) -> Any:
        """The pages of all four services behind one address."""
        settings = {name: self.installation.settings_of(name) for name in NAMES}
        return path_dispatcher(lambda service: settings[service.name])

    @cached_property
    def inline_worker(self) -> InlineWorker:
        """What does the work; it takes over the leases of a process that is gone."""
        for application in APPLICATIONS:
            application.service.leases.forget_holders()
        return InlineWorker(self.installation)

    def settle(self) -> None:
        """Relay, consume and do what is due until nothing moves any more."""
        self.inline_worker.settle()

    def relay_and_consume(self) -> None:
        """Go on until all that was published is consumed; nothing is sent, and nothing that became due is done."""
        workers = [worker for worker in self.inline_worker.workers if worker.name in ("relay", "consumer")]
        moved = [True]
        while any(moved):
            moved = [worker.step() for worker in workers]

    @staticmethod
    def release() -> None:
        """Give back what this thread holds of the stores."""
        for application in APPLICATIONS:
            application.service.database.release()

    def visitor(self, staff_id: str | None = None) -> Visitor:
        """Give somebody new at the pages; signed in when they work here."""
        visitor = Visitor(self.app)
        return visitor if staff_id is None else visitor.sign_in(staff_id)

    def sign_up(self, call_name: str) -> None:
        """Sign somebody up at De Kade, on its public page."""
        visitor = self.visitor()
        page = visitor.submit(visitor.open("/aanmelden/de-kade"), "/aanmelden/de-kade", call_name=call_name)
        assert page.status == 200, page.text

    def clock_at(self, text: str) -> None:
        """Make it this moment in local time: '2026-11-23 20.00'."""
        clock.move_to(moment_of(text))

    def events(self, name: str) -> list[envelope.Event]:
        """What a service has published, in order."""
        service = next(application.service for application in APPLICATIONS if application.name == name)
        return [envelope.read(text) for _, text in service.outbox.after(0, 10_000)]

    @property
    def mailbox(self) -> Mailbox:
        """Where everything is delivered."""
        return self.inline_worker.mailbox

    def mails(self) -> list[EmailMessage]:
        """What was delivered, oldest first."""
        return list(reversed(self.mailbox.messages()))

    def unhealthy_findings(self) -> list[str]:
        """What the doctor would point at."""
        return [
            f"{finding.service} {finding.what}: {finding.value}"
            for finding in examine_open_installation()
            if not finding.is_well
        ]

    def close(self) -> None:
        """Stop the work and release the stores."""
        if "inline_worker" in self.__dict__:
            self.inline_worker.close()
        close_stores()


@contextmanager
def open_installation(folder: Path) -> Iterator[InlineInstallation]:
    """Open the installation in this folder for a while."""
    installation = InlineInstallation(folder)
    try:
        yield installation
    finally:
        installation.close()


def close_stores() -> None:
    """Release the stores of all four services."""
    for application in APPLICATIONS:
        application.service.database.close()
