"""What every test may ask for: an installation of its own in this process, and a browser."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings

from deploy.local.installation import Installation
from shared import clock, log
from tests.support.inline_installation import InlineInstallation, close_stores

CHROMIUM = "/usr/bin/chromium"
CHROMIUM_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]

# A test that wants to read the log configures it itself.
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


@pytest.fixture(scope="session")
def empty_installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys and empty stores of all four services; to copy, because making them costs more than most tests."""
    folder = tmp_path_factory.mktemp("empty") / "installation"
    Installation(folder, 0, 0).prepare()
    close_stores()
    return folder


@pytest.fixture
def installation(tmp_path: Path, empty_installation: Path) -> Iterator[InlineInstallation]:
    """An installation of its own for one test."""
    made = InlineInstallation(Path(shutil.copytree(empty_installation, tmp_path / "installation")))
    yield made
    made.close()
