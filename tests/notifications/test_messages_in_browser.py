"""The pages in a real browser: a phone, a narrow and a wide screen, the eyes of axe, and the keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.notifications.conftest import NotificationsHarness
from tests.support.http_server import served as serving
from tests.support.screens import barriers

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SCREENS = {"phone": (360, 740), "narrow": (320, 640), "wide": (1280, 900)}
INVITATION = "intro_talk_invitation"


@pytest.fixture
def address(harness: NotificationsHarness) -> Iterator[str]:
    """Messages of every sort, served on a free port of this machine."""
    harness.talk(harness.person(name="Sam", email=None), on="2026-11-27")
    harness.talk(harness.person(), on="2026-11-27", place="Herstelhuis Midden")
    harness.measurement(harness.person(name="Vos"))
    harness.membership(harness.person(), harness.group())
    harness.sign_in()
    harness.consume()
    harness.send()
    with serving(harness.app) as address:
        yield address


def enter(harness: NotificationsHarness, browser: Browser, address: str, screen: str = "phone") -> Page:
    width, height = SCREENS[screen]
    context = browser.new_context(base_url=address, locale="nl-NL", viewport={"width": width, "height": height})
    context.set_default_timeout(20_000)
    context.add_cookies([{"name": "houvast-pass", "value": harness.staff_pass("messenger"), "url": address}])
    return context.new_page()


def press_until(page: Page, words: str) -> None:
    """Go on with Tab until the focus is on what is called so."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == words:
            return
    raise AssertionError(f"{words} cannot be reached by keyboard")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS)
def test_every_page_keeps_nobody_out(harness, browser, address, screen, scheme):
    page = enter(harness, browser, address, screen)
    page.emulate_media(color_scheme=scheme)
    troubles: list[str] = []
    page.on("console", lambda line: troubles.append(line.text) if line.type in ("error", "warning") else None)
    ids = [
        harness.message(message_type).id
        for message_type in ("questionnaire_invitation", "sign_in_link", "welcome")
    ]
    paths = ["/berichten", "/berichten?oorzaak=no_address", "/berichten?stand=planned", "/berichten/postbus"]
    paths += [
        f"/berichten/{message_id}" for message_id in (*ids, *(row.id for row in harness.messages(INVITATION)))
    ]

    page.goto("/berichten/postbus")
    paths.append(page.locator(".message-list__link").first.get_attribute("href"))
    for path in paths:
        page.goto(path)
        troubles += [f"{path}: {barrier}" for barrier in barriers(page)]
    page.context.close()

    assert troubles == []


def test_what_asks_for_a_person_can_be_seen_to_by_keyboard_alone(harness, browser, address):
    page = enter(harness, browser, address)
    page.goto("/berichten")

    press_until(page, "Geen adres of nummer")
    page.keyboard.press("Enter")
    page.wait_for_url("**/berichten?oorzaak=*")
    press_until(page, "Uitnodiging om kennis te maken, voor Sam")
    page.keyboard.press("Enter")
    page.wait_for_url("**/berichten/*-*")
    press_until(page, "Ik heb het zelf verteld")
    page.keyboard.press("Enter")
    page.wait_for_selector(".flash")

    flash = page.inner_text(".flash")
    page.context.close()
    assert flash == "Bewaard. Dit bericht is afgehandeld."
    assert len([row for row in harness.messages(INVITATION) if row.asked_at]) == 1


def test_the_flow_is_narrowed_without_a_script(harness, browser, address):
    context = browser.new_context(locale="nl-NL", base_url=address, java_script_enabled=False)
    context.add_cookies([{"name": "houvast-pass", "value": harness.staff_pass("messenger"), "url": address}])
    page = context.new_page()
    page.goto("/berichten")

    page.get_by_label("Status").select_option("accepted")
    page.get_by_label("Soort bericht").select_option("welcome")
    page.get_by_role("button", name="Laat zien").click()

    rows = page.locator("tbody tr").count()
    context.close()
    assert rows == 1


@pytest.mark.parametrize("screen", SCREENS)
def test_who_leads_writes_a_line_without_a_script_and_the_page_keeps_nobody_out(harness, browser, address, screen):
    group_id = harness.group()
    harness.staff(harness.kim, group_ids=[group_id])
    meeting_id = harness.meeting(group_id)
    person = harness.person(name="Daniëlle-met-een-lange-roepnaam", purposes=("missed_you",))
    harness.clock_at("2026-11-24 21.40")
    harness.absent(person, harness.membership(person, group_id, starts_on="2026-09-01"), meeting_id)
    harness.consume()
    width, height = SCREENS[screen]
    context = browser.new_context(locale="nl-NL", base_url=address, viewport={"width": width, "height": height})
    context.add_cookies([{"name": "houvast-pass", "value": harness.staff_pass("facilitator"), "url": address}])
    page, troubles = context.new_page(), []

    page.goto("/berichten/gemist")
    for line, expected in (
        ("Hoe is je herstel?", "te veel verraadt"),
        ("Tot dinsdag?", "Bewaard. Je zin staat in het bericht."),
    ):
        page.get_by_label("Jouw zin voor").fill(line)
        page.get_by_label("Jouw zin voor").press("Enter")
        page.wait_for_selector(f"text={expected}")
        troubles += barriers(page)
    shown = page.inner_text(".message-text")
    context.close()

    assert troubles == []
    assert "Kim schrijft erbij: Tot dinsdag?" in shown
