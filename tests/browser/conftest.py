"""A real town, a real browser, and eyes: every page that is opened is looked at by axe and measured for width."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from deploy.servers.process import free_port
from deploy.town.layout import SERVICES, Town
from deploy.town.processes import Processes
from deploy.town.region import load_region
from services.notifications.channels.mailbox import Mailbox
from shared import clock
from tests.browser.evening import Evening, play

PHONE = {"width": 360, "height": 740}
SCREEN = {"width": 1280, "height": 900}
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


class Eyes:
    """Opens pages as somebody, and looks."""

    def __init__(self, browser: Browser, url: str, pictures: Path) -> None:
        self._browser, self._url, self._pictures = browser, url, pictures

    def person(self, name: str | None = None, *, screen: dict[str, int] | None = None) -> Page:
        """A fresh browser window; of somebody who works here when a name is given."""
        context = self._browser.new_context(viewport=screen or PHONE, base_url=self._url, locale="nl-NL")  # type: ignore[arg-type]
        context.set_default_timeout(20_000)
        page = context.new_page()
        if name is not None:
            page.goto("/inloggen")
            page.get_by_role("button", name=f"{name}:").click()
            page.wait_for_url(f"{self._url}/")
        return page

    def look(self, page: Page, picture: str | None = None) -> None:
        """Nothing that keeps somebody out, nothing beside the screen; keep a picture under this name."""
        found = Axe().run(page, options=WCAG)
        said = [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found.response["violations"]]
        assert not said, f"{page.url}: {said}"
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{page.url} is {wide} pixels wider than the screen"
        if picture is not None:
            width = (page.viewport_size or PHONE)["width"]
            page.screenshot(path=self._pictures / f"{picture}-{width}.png")


def until(happened: Callable[[], object]) -> None:
    """Wait for something that must happen; the waiting has an end, the test does not measure it."""
    end = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def mails_to(running: Town, address: str) -> list[EmailMessage]:
    """What was delivered to this address, the newest first."""
    return [mail for mail in Mailbox(running.mailbox).messages() if address in str(mail["To"])]


@contextmanager
def served(town: Town) -> Iterator[Town]:
    """This town with its two processes, as `./houvast start` has them."""
    processes = Processes(town)
    assert processes.start()
    yield town
    processes.stop()
    for service in SERVICES:
        service.house.database.close()
    clock.follow(None)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    town = Town(tmp_path_factory.mktemp("town"), free_port(), free_port())
    town.prepare()
    load_region(town)
    with served(town):
        yield town


@dataclass(frozen=True)
class Played:
    """A town in which an evening was played, and what happened then."""

    town: Town
    evening: Evening


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    town = Town(tmp_path_factory.mktemp("town"), free_port(), free_port())
    town.prepare()
    load_region(town, with_history=False)
    evening = play(town)
    with served(town):
        yield Played(town, evening)


@pytest.fixture
def eyes(browser: Browser, running: Town, tmp_path: Path) -> Eyes:
    clock.follow(running.clock_file)
    pictures = Path(os.environ.get("HOUVAST_PICTURES", tmp_path))
    return Eyes(browser, running.url, pictures)
