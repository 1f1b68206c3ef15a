"""Every part in every state in a real browser: light, dark, narrow, wide, with large text, without a script."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.meetings.test_meetings_in_browser import enter, evening
from tests.support.screens import NARROW, PHONE, SCREEN, barriers, check, enlarge

pytestmark = [pytest.mark.browser, pytest.mark.slow]
__all__ = ["evening"]
SHEETS = Path(__file__).parents[2] / "shared" / "static"
MOST_BYTES = 30_000


def library(harness: Any, browser: Browser, **options: Any) -> Page:
    page = enter(harness, browser, **options)[1]
    page.goto("/voorbeelden")
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [NARROW, PHONE, SCREEN], ids=["320", "360", "1280"])
@pytest.mark.parametrize("whom", ["staff", "deelnemer"])
def test_no_part_keeps_anybody_out(evening: Any, browser: Browser, size: Any, scheme: str, whom: str) -> None:
    page = library(evening, browser, viewport=size, color_scheme=scheme)
    page.goto(f"/voorbeelden?voor={whom}")

    check(page, f"patterns-{whom}-{scheme}")


@pytest.mark.parametrize("size", [PHONE, SCREEN], ids=["360", "1280"])
def test_with_text_twice_as_large_nothing_lies_beside_the_screen(
    evening: Any, browser: Browser, size: Any
) -> None:
    page = library(evening, browser, viewport=size)

    enlarge(page)

    assert barriers(page) == []


def test_what_the_frame_opens_can_be_used_too(evening: Any, browser: Browser) -> None:
    page = library(evening, browser, viewport=PHONE)

    for button in ("#menu-button", "#account-button", "#clock-button"):
        page.locator(button).press("Enter")
        assert barriers(page) == []
        page.keyboard.press("Escape")

    page.locator("#account-button").press("Enter")
    page.get_by_role("button", name="Uitloggen").click()
    page.wait_for_url(f"{evening.url}/inloggen**")


def test_what_cannot_be_undone_is_asked_in_a_dialog_that_escape_closes(evening: Any, browser: Browser) -> None:
    page = library(evening, browser, viewport=SCREEN)
    page.get_by_role("link", name="Haal de gegevens weg").click()

    expect(page.get_by_role("dialog", name="Alles van Bo weghalen?")).to_be_visible()
    assert barriers(page) == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_without_a_script_it_is_asked_on_a_page_or_in_place(evening: Any, browser: Browser) -> None:
    page = library(evening, browser, viewport=PHONE, java_script_enabled=False)

    page.get_by_text("Stop de deelname", exact=True).first.click()

    expect(page.get_by_text("De deelname van Bo stoppen?")).to_be_visible()
    assert page.get_by_role("link", name="Haal de gegevens weg").get_attribute("href") == "#vraag-pagina"


def test_the_look_of_every_page_stays_small() -> None:
    assert sum(len(sheet.read_bytes()) for sheet in SHEETS.glob("*.css")) < MOST_BYTES
