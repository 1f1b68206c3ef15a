"""Pages in a real browser: what keeps somebody out of them, and how to go on to the next without a race."""

from __future__ import annotations

import os
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page

NARROW = {"width": 320, "height": 640}
PHONE = {"width": 360, "height": 740}
SCREEN = {"width": 1280, "height": 900}
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def barriers(page: Page) -> list[str]:
    """Say what axe refuses on this page, and how many pixels it is wider than the screen."""
    violations = Axe().run(page, options=RULES).response["violations"]
    refused = [f"{violation['id']}: {violation['nodes'][0]['html'][:120]}" for violation in violations]
    too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return refused + [f"{too_wide} pixels beside the screen"] * (too_wide > 0)


def check(page: Page, picture: str | None = None) -> None:
    """Refuse what keeps somebody out; keep a picture under this name where HOUVAST_PICTURES says."""
    assert not barriers(page), page.url
    folder = os.environ.get("HOUVAST_PICTURES")
    if picture and folder:
        width = (page.viewport_size or PHONE)["width"]
        page.screenshot(path=Path(folder) / f"{picture}-{width}.png", full_page=True)


def follow(to_press: Locator) -> None:
    """Press what leads to another page, and wait until that is there: what is asked of a page that goes fails."""
    with to_press.page.expect_navigation():
        to_press.click()


def enlarge(page: Page) -> None:
    """Make the text twice as large, as somebody does who reads it with difficulty."""
    page.evaluate("document.documentElement.style.fontSize = '200%'")
