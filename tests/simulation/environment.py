"""The installation in which a month happens: open in this process, with a clock that goes from moment to
moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from werkzeug.test import Client

from deploy.local.inline_worker import InlineWorker
from deploy.local.installation import APPLICATIONS, NAMES, Installation
from deploy.local.ports import free_port
from deploy.local.visitor import Page
from deploy.local.web import path_dispatcher
from shared import clock
from tests.simulation.observation import next_due_at
from tests.support.visitor import Visitor

# Whoever acts finds an installation that has been at rest for so long: nothing is sent in the same breath.
_BREATH = timedelta(seconds=20)
# Nothing that has a moment of its own is waited for longer.
_LONGEST_STRIDE = timedelta(hours=6)


class Environment:
    """An installation with its pages, its work and its mailbox, from a first moment on.

    on_rest  is called each time that all has followed, with the moment at which that began
    """

    def __init__(self, folder: Path, began_at: datetime) -> None:
        self.installation = Installation(folder, free_port(), free_port(), demo=True)
        self.installation.prepare()
        assert self.installation.clock_file is not None
        offset = (began_at - clock.wall()).total_seconds()
        self.installation.clock_file.write_text(repr(offset), encoding="ascii")
        settings = {name: self.installation.settings_of(name) for name in NAMES}
        self._app = path_dispatcher(lambda service: settings[service.name])
        self.inline_worker = InlineWorker(self.installation)
        self.mailbox = self.inline_worker.mailbox
        self.on_rest: Callable[[datetime], None] = lambda _: None

    def advance(self, moment: datetime) -> None:
        """Let time pass until this moment, stopping wherever something is due."""
        while (stop := self._next_stop(moment - _BREATH)) is not None:
            clock.move_to(stop)
            self.settle()
        if moment > clock.now():
            clock.move_to(moment)

    def settle(self) -> None:
        """Do all work that is due now."""
        began_at = clock.now()
        self.inline_worker.settle()
        self.on_rest(began_at)

    def visitor(self) -> Visitor:
        """Return somebody new at the pages."""
        return Visitor(self._app)

    def post(self, path: str, data: dict[str, str]) -> int:
        """Post what a mail programme posts by itself; return the status."""
        return Client(self._app).post(path, data=data).status_code

    def path_of(self, link: str) -> str:
        """Return the path of a link of ours that stood in a message."""
        return link.removeprefix(self.installation.url)

    def open(self, link: str) -> Page:
        """Open a link without pressing anything, as a mail scanner does."""
        return self.visitor().open(self.path_of(link))

    def close(self) -> None:
        """Stop serving and close the stores."""
        self.inline_worker.close()
        for application in APPLICATIONS:
            application.service.database.close()
        clock.follow(None)

    def _next_stop(self, last: datetime) -> datetime | None:
        now = clock.now()
        if now >= last:
            return None
        due = next_due_at(now)
        return min(last, now + _LONGEST_STRIDE, *([] if due is None else [due]))
