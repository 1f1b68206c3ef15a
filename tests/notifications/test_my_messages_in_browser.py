"""The page of one's own messages, the pages behind links, and the replies, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from services.notifications.models import Reply
from tests.notifications.conftest import NotificationsHarness
from tests.notifications.test_messages_in_browser import SCREENS
from tests.notifications.test_replies import member, settings_of, text
from tests.support.http_server import served as serving
from tests.support.screens import barriers

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def noor(harness: NotificationsHarness) -> str:
    """Somebody who was sent things and texted back; beside her somebody whose address nobody confirmed."""
    person = member(harness, email="noor@example.org")
    harness.talk(person, on="2026-11-20")
    harness.measurement(harness.person(name="Sam", email="sam@example.org", is_confirmed=False))
    harness.consume()
    harness.send()
    text(harness, "Ik durf niet zo goed.\nMag ik een keer kijken?")
    return person


@pytest.fixture
def address(harness: NotificationsHarness, noor: str) -> Iterator[str]:
    with serving(harness.app_with(settings_of(harness))) as address:
        yield address


def paths(harness: NotificationsHarness) -> list[str]:
    stop = next(mail["List-Unsubscribe"] for mail in harness.mailbox.messages() if mail["List-Unsubscribe"])
    asked = next(mail for mail in harness.mailbox.messages() if mail["Subject"] == "Klopt dit adres?")
    confirm = re.search(r"/mijn/berichten/klopt/\S+", asked.get_body(("plain",)).get_content())
    assert confirm is not None
    return [
        "/mijn/berichten",
        stop.strip("<>").removeprefix(harness.settings.public_url),
        confirm[0],
        "/mijn/berichten/stop/none",
        "/berichten/antwoorden",
        f"/berichten/antwoorden/{Reply.get().id}",
        f"/berichten/{harness.message('questionnaire_invitation').id}",
    ]


@pytest.mark.parametrize("screen", SCREENS)
def test_every_page_keeps_nobody_out(
    harness: NotificationsHarness, noor: str, browser: Browser, address: str, screen: str
):
    width, height = SCREENS[screen]
    context = browser.new_context(base_url=address, locale="nl-NL", viewport={"width": width, "height": height})
    context.add_cookies(
        [
            {"name": "houvast-pass", "value": harness.staff_pass("facilitator", "messenger"), "url": address},
            {"name": "houvast-mine", "value": harness.participant_pass(noor), "url": address},
        ]
    )
    page, troubles = context.new_page(), []

    for path in paths(harness):
        page.goto(path)
        troubles += [f"{path}: {barrier}" for barrier in barriers(page)]
    context.close()

    assert troubles == []


def test_stopping_and_choosing_work_without_a_script(
    harness: NotificationsHarness, noor: str, browser: Browser, address: str
):
    context = browser.new_context(locale="nl-NL", base_url=address, java_script_enabled=False)
    context.add_cookies([{"name": "houvast-mine", "value": harness.participant_pass(noor), "url": address}])
    page = context.new_page()
    page.goto("/mijn/berichten")

    page.get_by_label("Alleen sms").check()
    page.get_by_role("button", name="Bewaar").click()
    chosen = page.get_by_label("Alleen sms").is_checked()
    page.get_by_role("button", name="Stop met: herinneringen").click()
    flash, title = page.inner_text(".flash"), page.title()
    context.close()

    assert chosen
    assert flash == "Goed. Die berichten sturen we je niet meer."
    assert title == "Berichten"
