"""A whole installation in one process for each test that asks for it, on stores of its own, with a clock to
set."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import settings as hypothesis_settings
from werkzeug.test import Client

from deploy.local.inline_worker import InlineWorker
from deploy.local.installation import APPLICATIONS, NAMES, Installation
from deploy.local.ports import free_port
from deploy.local.visitor import Visitor, over_wsgi
from deploy.local.web import path_dispatcher
from shared import clock, log
from shared.messaging import envelope

CHROMIUM = "/usr/bin/chromium"
CHROMIUM_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]

# Lines of the log go to nobody; a test that wants to read them says so itself.
log.configure("test", level=logging.ERROR)

# How long one example takes says how busy the machine is, and nothing of what is tried.
hypothesis_settings.register_profile("any_machine", deadline=None)
hypothesis_settings.load_profile("any_machine")


@pytest.fixture(autouse=True)
def _clock_of_the_machine() -> Iterator[None]:
    """A test that moved the clock does not move it for the next one."""
    yield
    clock.follow(None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's chromium: one for all tests of a process, because two cannot be driven side by side."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield opened
        opened.close()


class Person(Visitor):
    """Somebody at the pages of the installation."""

    def __init__(self, door: Any) -> None:
        self.client = Client(door)
        super().__init__(over_wsgi(self.client))

    def be(self, staff_id: str) -> Person:
        """Sign in as one of the people who work here."""
        page = self.open("/inloggen")
        self.submit(page, f"/inloggen/demo/{staff_id}")
        return self


class InlineInstallation:
    """Four services, their pages and their work, without threads: `settle` does what the work process would do."""

    __test__ = False

    def __init__(self, folder: Path, make: Callable[..., Installation] = Installation) -> None:
        self.installation = make(folder, 8780, free_port(), demo=True)
        self.installation.open()
        settings = {name: self.installation.settings_of(name) for name in NAMES}
        self.door = path_dispatcher(lambda service: settings[service.name])
        self.inline_worker = InlineWorker(self.installation)
        self.mailbox = self.inline_worker.mailbox

    def settle(self) -> None:
        """Relay, listen and do what is due until nothing moves any more."""
        self.inline_worker.settle()

    def relay_and_consume(self) -> None:
        """Until all that was published is consumed: nothing is sent, and nothing that became due is done."""
        workers = [one for one in self.inline_worker.workers if one.name in ("relay", "consumer")]
        moved = [True]
        while any(moved):
            moved = [one.step() for one in workers]

    @staticmethod
    def release() -> None:
        """Give back what this thread holds of the stores."""
        for application in APPLICATIONS:
            application.service.database.release()

    def person(self, staff_id: str | None = None) -> Person:
        """Somebody new at the pages; signed in when they work here."""
        person = Person(self.door)
        return person if staff_id is None else person.be(staff_id)

    def clock_at(self, text: str) -> None:
        """Make it this moment in local time: '2026-11-23 20.00'."""
        here = datetime.strptime(text, "%Y-%m-%d %H.%M").replace(tzinfo=ZoneInfo("Europe/Amsterdam"))
        clock.move_to(here)

    def events(self, name: str) -> list[envelope.Event]:
        """What a service has said, in order."""
        service = next(one.service for one in APPLICATIONS if one.name == name)
        return [envelope.read(text) for _, text in service.outbox.after(0, 10_000)]

    def mails(self) -> list[EmailMessage]:
        """What was delivered, oldest first."""
        return list(reversed(self.mailbox.messages()))

    def close(self) -> None:
        """Stop serving and let go of the stores."""
        self.inline_worker.close()
        for application in APPLICATIONS:
            application.service.database.close()


@pytest.fixture(scope="session")
def empty_installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with keys and empty stores, made once: making it anew for each test costs more than the
    tests."""
    folder = tmp_path_factory.mktemp("empty") / "installation"
    Installation(folder, 0, 0).prepare()
    for application in APPLICATIONS:
        application.service.database.close()
    return folder


@pytest.fixture
def installation(tmp_path: Path, empty_installation: Path) -> Iterator[InlineInstallation]:
    """An installation of its own for one test."""
    shutil.copytree(empty_installation, tmp_path / "installation")
    made = InlineInstallation(tmp_path / "installation")
    yield made
    made.close()
