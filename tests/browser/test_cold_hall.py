"""An evening in a cold hall in a real browser: no connection, somebody who walks in, and what follows."""

from __future__ import annotations

import re
from datetime import time as hour

import pytest
from playwright.sync_api import Page, expect

from deploy.local.installation import Installation
from shared import clock
from tests.browser.conftest import Screens
from tests.browser.demo_week import BRAM, BRIGHT, FENNA, GROUP, KEES, DemoWeek

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def running(demo_week: DemoWeek) -> Installation:
    return demo_week.installation


def choice(page: Page, name: str, how: str) -> None:
    page.get_by_role("group", name=name, exact=True).get_by_role("button", name=how, exact=True).click()


def test_attendance_without_connection_somebody_who_walks_in_and_what_follows(
    screens: Screens, demo_week: DemoWeek
) -> None:
    clock.move_to(clock.instant(demo_week.moved_on, hour(19, 40)))
    sam, strip = screens.person("Sam"), ".saved-strip"
    sam.locator("main").get_by_role("link", name=re.compile(f"Wie is er.*{GROUP}")).click()
    sam.context.set_offline(True)
    choice(sam, BRIGHT, "Aanwezig")
    choice(sam, BRAM, "Gemist")
    sam.get_by_role("button", name="Eén meer").click()
    expect(sam.locator(strip)).to_contain_text("3 wachten op verbinding")
    sam.context.set_offline(False)
    expect(sam.locator(strip)).to_contain_text("✓ Bewaard", timeout=40_000)
    expect(sam.locator(strip)).not_to_contain_text("wacht", timeout=40_000)

    sam.get_by_role("button", name="Iemand erbij").click()
    sam.get_by_label("Hoe wil diegene genoemd worden?").fill("Mees")
    sam.get_by_role("button", name="Schrijf op").click()
    expect(sam.get_by_role("group", name="Mees", exact=True)).to_be_visible()
    expect(sam.locator("[data-follow-ups]")).to_contain_text(BRAM)
    screens.check(sam)
    sam.get_by_role("button", name="Klaar").click()
    expect(sam.get_by_role("group", name=re.compile(f"{FENNA}.*{KEES}.*waren nog niet ingevuld"))).to_be_visible()
    screens.check(sam)
    sam.get_by_role("button", name="Weet ik niet, en klaar").click()

    expect(sam.locator(".note").first).to_contain_text("Afgerond: 2 aanwezig, 0 afgemeld, 1 gemist")
    screens.check(sam)
    sam.goto("/bellijst")
    expect(sam.locator(".call")).to_have_count(1)
