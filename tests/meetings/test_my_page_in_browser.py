"""Coming in with a code, in a real browser: narrow screen, keyboard, quick exit, no script, an app to scan."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from services.meetings.models import Membership
from tests.meetings.actions import ask_link, secret_of
from tests.meetings.test_my_page_access import codes_of, link_of
from tests.meetings.test_second_factor import code_of
from tests.support.authenticator import secret_on
from tests.support.http_server import served as serving
from tests.support.screens import NARROW, PHONE, SCREEN, check, follow

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SIZES = pytest.mark.parametrize("size", [NARROW, PHONE, SCREEN], ids=lambda size: str(size["width"]))


@pytest.fixture
def served(evening: Any) -> Iterator[Any]:
    """The harness as it stands in the world, at noon before the meeting, on a free port of this machine."""
    evening.clock_at("2026-11-24 12.00")
    evening.app = evening.app_with(dataclasses.replace(evening.settings, demo_people=False))
    with serving(evening.app) as evening.url:
        yield evening


def browse(
    harness: Any, browser: Browser, size: dict[str, int] = PHONE, **options: Any
) -> tuple[BrowserContext, Page]:
    context = browser.new_context(base_url=harness.url, locale="nl-NL", viewport=size, **options)
    context.set_default_timeout(20_000)
    context.route("https://www.knmi.nl/**", lambda route: route.fulfill(body="weer", content_type="text/html"))
    return context, context.new_page()


def come_in(harness: Any, page: Page) -> None:
    page.goto(link_of(str(Membership.get_by_id(harness.noor).participant_id)))
    page.get_by_role("button", name="Stuur me een code").click()
    page.get_by_label("Zes cijfers").fill(codes_of(harness)[-1])
    page.get_by_role("button", name="Verder").click()
    page.wait_for_url(f"{harness.url}/mijn")


@SIZES
def test_the_pages_of_who_takes_part_fit_and_keep_nobody_out(
    served: Any, browser: Browser, size: dict[str, int], tmp_path: Path
) -> None:
    context, page = browse(served, browser, size)
    page.goto(link_of(str(Membership.get_by_id(served.noor).participant_id)))
    check(page, "mine-send")
    follow(page.get_by_role("button", name="Stuur me een code"))
    check(page, "mine-code")
    page.get_by_label("Zes cijfers").fill("12")
    follow(page.get_by_role("button", name="Verder"))
    check(page, "mine-code-wrong")
    page.get_by_label("Zes cijfers").fill(codes_of(served)[-1])
    page.get_by_role("button", name="Verder").click()
    page.wait_for_url(f"{served.url}/mijn")
    check(page, "mine-open")
    follow(page.get_by_role("link", name="Wie er naar jouw gegevens keek"))
    check(page, "mine-looks")
    follow(page.get_by_role("button", name="Uitloggen"))
    check(page, "mine-left")
    context.close()


def test_the_quick_exit_signs_out_on_the_way(served: Any, browser: Browser) -> None:
    context, page = browse(served, browser)
    come_in(served, page)
    assert "houvast-mine" in {cookie["name"] for cookie in context.cookies()}

    for _ in range(3):
        page.keyboard.press("Escape")
    page.wait_for_url("https://www.knmi.nl/")

    until = time.monotonic() + 10  # the word goes after the page has left
    while "houvast-mine" in {cookie["name"] for cookie in context.cookies()}:
        assert time.monotonic() < until
        page.wait_for_timeout(50)
    page.goto(f"{served.url}/mijn")
    expect(page).to_have_url(f"{served.url}/mijn/code?naar=/mijn")
    context.close()


def test_all_of_it_works_without_script_and_with_a_keyboard(served: Any, browser: Browser) -> None:
    context, page = browse(served, browser, java_script_enabled=False)

    come_in(served, page)
    page.get_by_role("button", name="Uitloggen").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Je bent uitgelogd")).to_be_visible()
    context.close()


@SIZES
def test_an_app_is_set_up_and_the_access_log_is_read(
    served: Any, browser: Browser, size: dict[str, int], tmp_path: Path
) -> None:
    ask_link(served, "vos@example.org")
    context, page = browse(served, browser, size)
    page.goto(f"/inloggen/link/{secret_of(served)}")
    follow(page.get_by_role("button", name="Inloggen"))
    check(page, "app-new")
    page.get_by_label("Zes cijfers").fill(code_of(secret_on(_Shown(page.content()))))
    page.get_by_role("button", name="Verder").click()
    page.wait_for_url(f"{served.url}/")

    page.goto("/beheer/inzage")
    check(page, "trail")
    page.goto(f"/beheer/{served.organisation_id}/medewerkers/{served.kim}")
    check(page, "colleague-app")
    context.close()


@dataclasses.dataclass
class _Shown:
    """A page as `secret_on` reads it."""

    html: str
    text: str = ""
