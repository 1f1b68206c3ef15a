"""A real installation of two processes that can be made to die at a step, and people who ask until answered."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import requests

from deploy.local.doctor import examine_open_installation
from deploy.local.installation import APPLICATIONS, Installation
from deploy.local.ports import free_port
from deploy.local.servers import Servers
from deploy.local.visitor import Page, Visitor, over_http
from shared.cli import gunicorn_options
from shared.service import Service
from shared.storage import StoreUnavailable

EMBEDDED = Servers()
ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 120
T = TypeVar("T")


class RunningInstallation:
    """Web and work as processes of their own; stores open in this process too, to look into."""

    def __init__(self, folder: Path, servers: Servers = EMBEDDED) -> None:
        self.installation = Installation(
            folder, free_port(), free_port(), demo=True, lease_seconds=2.0, servers=servers
        )
        self.installation.prepare()
        self.mark = folder / "crashed"
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.organisation = ""

    @staticmethod
    def services() -> list[Service]:
        """The foundations of the four services."""
        return [application.service for application in APPLICATIONS]

    def start(self, **crash_at: str) -> None:
        """Start what does not run and wait for the pages; `web="step:n"` makes that one die at that step."""
        self.revive(**crash_at)
        self.wait_until(self.answers)

    def revive(self, **crash_at: str) -> None:
        """Start what does not run."""
        for name in ("web", "work"):
            if name in self.processes and self.processes[name].poll() is None:
                continue
            for service in self.services():
                service.leases.forget_holders()
            wanted = {"CRASH_AT": crash_at.get(name, ""), "CRASH_MARK": str(self.mark)}
            environ = {**os.environ, **self.installation.environment(), **wanted}
            self.processes[name] = subprocess.Popen(
                self._command(name), env=environ, cwd=ROOT, stdin=subprocess.DEVNULL, start_new_session=True
            )

    def _command(self, name: str) -> list[str]:
        if name == "work":
            return [sys.executable, str(ROOT / "tests/crash/crash_points.py")]
        bind = f"127.0.0.1:{self.installation.port}"
        options = [*gunicorn_options(bind), "--log-level", "error", "--pythonpath", str(ROOT / "tests/crash")]
        return [sys.executable, "-m", "gunicorn", *options, "crash_points:web()"]

    def answers(self, path: str = "/inloggen") -> bool:
        """Whether the pages are there."""
        try:
            return requests.get(f"{self.installation.url}{path}", timeout=2).status_code == 200
        except requests.RequestException:
            return False

    def has_crashed(self) -> bool:
        """Whether the step was reached and the process died there."""
        return self.mark.exists()

    def kill(self, name: str) -> None:
        """kill -9, the whole process group."""
        process = self.processes[name]
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def kill_all(self) -> None:
        """kill -9 both."""
        for name in self.processes:
            self.kill(name)

    def is_well(self) -> bool:
        """What the doctor says, at a moment at which nothing was published: then nothing is on its way either."""
        # It looks at one service after the other: what one that it has seen must still handle, another may publish
        # behind its back.
        before = self._heads()
        is_well = all(finding.is_well for finding in examine_open_installation())
        return is_well and self._heads() == before

    def _heads(self) -> list[tuple[int, int]]:
        return [service.outbox.head() for service in self.services()]

    def wait_until(self, happened: Callable[[], bool]) -> None:
        """Wait for something that must happen; the waiting has an end, the test does not measure it."""
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            if happened():
                return
            time.sleep(0.05)
        ill = [finding for finding in examine_open_installation() if not finding.is_well]
        raise AssertionError(f"it did not happen; the doctor says {ill}")

    def visitor(self) -> PersistentVisitor:
        """Somebody who asks again, with the same request, until there is an answer."""
        return PersistentVisitor(self.installation.url)

    def close(self) -> None:
        """Nothing is left running or open."""
        self.kill_all()
        for application in APPLICATIONS:
            application.service.database.close()


class PersistentVisitor:
    """A person whose browser sends a form again when the connection breaks: the same form, the same request_id."""

    def __init__(self, url: str) -> None:
        self._visitor = Visitor(over_http(url, timeout_seconds=5))

    def submit(self, path: str, action: str, **filled: str) -> Page:
        """Open the page and send its form until it is answered."""
        page = persist(lambda: _answered(self._visitor.open(path)))
        answer = persist(lambda: _answered(self._visitor.submit(page, action, **filled)))
        if answer.status == 400:
            # The form came back as it was filled in, because the clock was set back and its cookie is from later.
            return persist(lambda: _answered(self._visitor.submit(answer, action, **filled)))
        return answer


class _NotNow(Exception):
    """Raised when a page answers that it cannot do it now."""


def _answered(page: Page) -> Page:
    if page.status >= 500:
        raise _NotNow()
    return page


def persist(act: Callable[[], T]) -> T:
    """Do this again until it is answered, as people do; whoever asks again asks the same."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            return act()
        except (requests.RequestException, StoreUnavailable, _NotNow):
            time.sleep(0.05)
    raise AssertionError("nobody answered")
