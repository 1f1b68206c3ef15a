"""The page of a region in a real browser: nothing keeps anybody out, on a phone, on a screen and on paper."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from services.meetings.models import Group
from tests.meetings.region_history import make_history
from tests.meetings.test_meetings_in_browser import enter
from tests.support.http_server import served as serving
from tests.support.screens import PHONE, SCREEN, check

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def region(harness: Any) -> Iterator[Any]:
    """A history of two organisations, of which Vos coordinates both."""
    history = make_history(harness, 7, groups=4, people=30)
    harness.colleague("Vos", "coordinator", organisation=history.organisations[1])
    with serving(harness.app) as harness.url:
        yield harness


@pytest.mark.parametrize("size", [PHONE, SCREEN], ids=["phone", "screen"])
def test_nothing_keeps_anybody_out(region: Any, browser: Browser, size: Any) -> None:
    context, page = enter(region, browser, "Vos", viewport=size)
    page.goto("/regio")
    check(page, "region")

    page.goto("/regio?soort=twelve_step&periode=2026-3")
    check(page, "region-filtered")
    page.goto("/regio?soort=onbekend")
    check(page, "region-empty")
    context.close()


def test_the_filters_work_by_keyboard_and_without_a_script(region: Any, browser: Browser) -> None:
    context, page = enter(region, browser, "Vos", viewport=SCREEN, java_script_enabled=False)
    page.goto("/regio")
    page.get_by_label("Organisatie").select_option(label="Het Anker")
    page.get_by_role("button", name="Toon").press("Enter")

    ours = Group.get(Group.organisation == region.organisation_id)
    expect(page.get_by_role("heading", name="Regio")).to_be_visible()
    assert ours.name not in page.content()
    context.close()


def test_on_paper_there_are_the_figures_and_nothing_to_press(region: Any, browser: Browser) -> None:
    context, page = enter(region, browser, "Vos", viewport=SCREEN)
    page.goto("/regio")
    page.emulate_media(media="print")

    expect(page.get_by_text("Bijeenkomsten gehouden")).to_be_visible()
    expect(page.get_by_role("button", name="Toon")).to_be_hidden()
    expect(page.get_by_text("Groepen als bestand (CSV)")).to_be_hidden()
    check(page, "region-paper")
    context.close()
