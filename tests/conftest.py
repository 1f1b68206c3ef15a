"""A whole town in one process for each test that asks for it, on stores of its own, with a clock to set."""

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

from deploy.servers.process import free_port
from deploy.town.hands import Hands
from deploy.town.layout import NAMES, SERVICES, Town
from deploy.town.visitor import Visitor, over_wsgi
from deploy.town.web import front_door
from shared import clock, envelope, log

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
    """Somebody at the pages of the town."""

    def __init__(self, door: Any) -> None:
        self.client = Client(door)
        super().__init__(over_wsgi(self.client))

    def be(self, staff_id: str) -> Person:
        """Sign in as one of the people who work here."""
        page = self.open("/inloggen")
        self.submit(page, f"/inloggen/demo/{staff_id}")
        return self


class TestTown:
    """Four services, their pages and their work, without threads: `settle` does what the work process would do."""

    __test__ = False

    def __init__(self, folder: Path, make: Callable[..., Town] = Town) -> None:
        self.town = make(folder, 8780, free_port(), demo=True)
        self.town.open()
        settings = {name: self.town.settings_of(name) for name in NAMES}
        self.door = front_door(lambda service: settings[service.name])
        self.hands = Hands(self.town)
        self.mailbox = self.hands.mailbox

    def settle(self) -> None:
        """Relay, listen and do what is due until nothing moves any more."""
        self.hands.settle()

    @staticmethod
    def let_go() -> None:
        """Give back what this thread holds of the stores."""
        for service in SERVICES:
            service.house.database.let_go()

    def person(self, staff_id: str | None = None) -> Person:
        """Somebody new at the pages; signed in when they work here."""
        person = Person(self.door)
        return person if staff_id is None else person.be(staff_id)

    def clock_at(self, text: str) -> None:
        """Make it this moment in local time: '2026-11-23 20.00'."""
        here = datetime.strptime(text, "%Y-%m-%d %H.%M").replace(tzinfo=ZoneInfo("Europe/Amsterdam"))
        clock.move_to(here)

    def letters(self, service: str) -> list[envelope.Letter]:
        """What a service has said, in order."""
        house = next(one.house for one in SERVICES if one.name == service)
        return [envelope.read(text) for _, text in house.outbox.after(0, 10_000)]

    def mails(self) -> list[EmailMessage]:
        """What was delivered, oldest first."""
        return list(reversed(self.mailbox.messages()))

    def close(self) -> None:
        """Stop serving and let go of the stores."""
        self.hands.close()
        for service in SERVICES:
            service.house.database.close()


@pytest.fixture(scope="session")
def empty_town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A town with keys and empty stores, made once: making it anew for each test costs more than the tests."""
    folder = tmp_path_factory.mktemp("empty") / "town"
    Town(folder, 0, 0).prepare()
    for service in SERVICES:
        service.house.database.close()
    return folder


@pytest.fixture
def town(tmp_path: Path, empty_town: Path) -> Iterator[TestTown]:
    """A town of its own for one test."""
    shutil.copytree(empty_town, tmp_path / "town")
    made = TestTown(tmp_path / "town")
    yield made
    made.close()
