"""The pages of one meeting that goes otherwise, in a browser: narrow, wide, by keyboard and without a script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from services.meetings.models import CallOff, Membership, service
from services.meetings.rules.series import instant
from shared.security import links, passes
from shared.security.actor import Actor
from tests.meetings.harness import HALF_PAST_SEVEN, TUESDAY
from tests.support.http_server import served as serving
from tests.support.screens import NARROW, PHONE, SCREEN, check, follow

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def morning(evening: Any) -> Iterator[Any]:
    """The day itself, served on a free port of this machine."""
    evening.clock_at("2026-11-24 09.00")
    token = links.mint(
        service.encryption.keyring,
        "meetings",
        "call_off",
        f"{evening.tonight}.{evening.noor}",
        instant(TUESDAY, HALF_PAST_SEVEN),
    )
    evening.link = f"/mijn/afmelden/{token}"
    with serving(evening.app) as evening.url:
        yield evening


def window(harness: Any, browser: Browser, size: dict[str, int], **options: Any) -> Page:
    context = browser.new_context(base_url=harness.url, locale="nl-NL", viewport=size, **options)  # type: ignore[arg-type]
    context.set_default_timeout(20_000)
    return context.new_page()


def kim_at(harness: Any, browser: Browser, size: dict[str, int], path: str, **options: Any) -> Page:
    page = window(harness, browser, size, **options)
    page.goto("/inloggen")
    page.get_by_role("button", name=re.compile("^Kim:")).click()
    page.wait_for_url(f"{harness.url}/")
    page.goto(path)
    return page


@pytest.mark.parametrize("size", [NARROW, PHONE, SCREEN], ids=["narrow", "phone", "wide"])
def test_the_pages_for_who_leads_fit_and_keep_nobody_out(
    morning: Any, browser: Browser, size: dict[str, int]
) -> None:
    page = kim_at(morning, browser, size, morning.here)
    check(page, "meeting")
    for path in ("wijzigen", "invallen", "afmeldingen", "vertellen"):
        page.goto(f"{morning.here}/{path}")
        check(page, path)
    page.goto(f"/groepen/{morning.tuesday}/agenda")
    follow(page.get_by_role("button", name="Maak een agendalink"))
    check(page, "agenda")
    page.goto(f"{morning.here}/wijzigen")
    page.get_by_text("Zeg deze bijeenkomst af").click()
    page.get_by_role("button", name="De bijeenkomst gaat niet door").click()
    page.wait_for_url("**/vertellen")
    check(page, "off")
    page.goto(morning.here)
    check(page, "meeting-off")


@pytest.mark.parametrize("size", [NARROW, PHONE, SCREEN], ids=["narrow", "phone", "wide"])
def test_the_pages_for_who_comes_fit_and_keep_nobody_out(
    morning: Any, browser: Browser, size: dict[str, int]
) -> None:
    page = window(morning, browser, size)
    page.goto(morning.link)
    check(page, "call-off-link")
    page.get_by_role("button", name="Ik kom deze keer niet").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Je bent afgemeld")
    check(page, "called-off")
    page.goto("/mijn/afmelden/x")
    check(page, "call-off-gone")
    noor = Actor(id=Membership.get_by_id(morning.noor).participant_id, kind="participant")
    cookie = {"name": "houvast-mine", "value": passes.sign(service.encryption.keyring, noor), "url": morning.url}
    page.context.add_cookies([cookie])  # type: ignore[list-item]
    page.goto("/mijn/agenda")
    follow(page.get_by_role("button", name="Maak een agendalink"))
    check(page, "my-agenda")


def test_calling_off_works_by_keyboard_alone_and_without_a_script(morning: Any, browser: Browser) -> None:
    page = window(morning, browser, PHONE, java_script_enabled=False)
    page.goto(morning.link)

    button = page.get_by_role("button", name="Ik kom deze keer niet")
    for _ in range(12):
        page.keyboard.press("Tab")
        if button.evaluate("one => one === document.activeElement"):
            break
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Je bent afgemeld")
    assert [row.state for row in CallOff.select()] == ["called_off"]


def test_moving_works_without_a_script(morning: Any, browser: Browser) -> None:
    page = kim_at(morning, browser, PHONE, f"{morning.here}/wijzigen", java_script_enabled=False)

    page.get_by_label("Dag", exact=True).fill("2026-11-26")
    page.get_by_role("button", name="Verplaats", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Vertel het zelf")
    assert morning.published("meeting_moved")["on"] == "2026-11-26"
