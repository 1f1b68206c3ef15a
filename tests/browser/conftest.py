"""A real installation in a real browser: every page that is opened is checked by axe and measured for width."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from deploy.local.demo_region import load_region
from deploy.local.installation import APPLICATIONS, Installation
from deploy.local.ports import free_port
from deploy.local.processes import Processes
from services.notifications.channels.mailbox import Mailbox
from shared import clock
from tests.browser.demo_week import DemoWeek, run_demo_week
from tests.support.screens import PHONE, barriers


class Screens:
    """Opens pages as somebody, and checks that everybody can use them."""

    def __init__(self, browser: Browser, url: str, pictures: Path) -> None:
        self._browser, self._url, self._pictures = browser, url, pictures

    def person(self, name: str | None = None, *, screen: dict[str, int] | None = None) -> Page:
        """Open a fresh browser window; of somebody who works here when a name is given."""
        context = self._browser.new_context(viewport=screen or PHONE, base_url=self._url, locale="nl-NL")  # type: ignore[arg-type]
        context.set_default_timeout(20_000)
        page = context.new_page()
        if name is not None:
            page.goto("/inloggen")
            page.get_by_role("button", name=f"{name}:").click()
            page.wait_for_url(f"{self._url}/")
        return page

    def check(self, page: Page, picture: str | None = None) -> None:
        """Refuse what keeps somebody out or lies beside the screen; keep a picture under this name."""
        assert not barriers(page), page.url
        if picture is not None:
            width = (page.viewport_size or PHONE)["width"]
            page.screenshot(path=self._pictures / f"{picture}-{width}.png")


def until(happened: Callable[[], object]) -> None:
    """Wait for something that must happen; the waiting has an end, the test does not measure it."""
    end = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def mails_to(running: Installation, address: str) -> list[EmailMessage]:
    """What was delivered to this address, the newest first."""
    return [mail for mail in Mailbox(running.mailbox).messages() if address in str(mail["To"])]


@contextmanager
def served(installation: Installation) -> Iterator[Installation]:
    """This installation with its two processes, as `./houvast start` has them."""
    processes = Processes(installation)
    assert processes.start()
    yield installation
    processes.stop()
    for application in APPLICATIONS:
        application.service.database.close()
    clock.follow(None)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    installation = Installation(tmp_path_factory.mktemp("installation"), free_port(), free_port())
    installation.prepare()
    load_region(installation)
    with served(installation):
        yield installation


@pytest.fixture(scope="module")
def demo_week(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoWeek]:
    installation = Installation(tmp_path_factory.mktemp("installation"), free_port(), free_port())
    installation.prepare()
    load_region(installation, with_history=False)
    week = run_demo_week(installation)
    with served(installation):
        yield week


@pytest.fixture
def screens(browser: Browser, running: Installation, tmp_path: Path) -> Screens:
    clock.follow(running.clock_file)
    pictures = Path(os.environ.get("HOUVAST_PICTURES", tmp_path))
    return Screens(browser, running.url, pictures)
