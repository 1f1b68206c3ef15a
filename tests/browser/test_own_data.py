"""Seeing one's own data, taking it along, having it taken away, on a phone; and the same for somebody else."""

from __future__ import annotations

import json
import time

import pytest
from playwright.sync_api import Page, expect

from deploy.local.installation import Installation
from services.intake.models import Participant
from services.intake.models import service as intake
from services.meetings.models import service as meetings
from shared.security import passes
from shared.security.access import Cookies
from shared.security.actor import Actor
from tests.browser.conftest import Screens
from tests.support.screens import PHONE, SCREEN

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]


def called(name: str) -> str:
    """The id of the participant who is called so."""
    ids = [
        row.id
        for row in Participant.select()
        if intake.encryption.open(row.call_name, "participant.call_name", row.id) == name
    ]
    return str(ids[0])


def as_participant(
    screens: Screens, running: Installation, participant_id: str, screen: dict[str, int] | None = None
) -> Page:
    """Somebody who typed the code that was sent to them."""
    page = screens.person(screen=screen)
    token = passes.sign(meetings.encryption.keyring, Actor(participant_id, "participant"))
    page.context.add_cookies([{"name": Cookies.of(running.url).participant, "value": token, "url": running.url}])
    return page


def until_done(page: Page, under_way: str) -> None:
    end = time.monotonic() + 30
    while page.get_by_text(under_way, exact=True).count():
        assert time.monotonic() < end, page.content()
        time.sleep(0.2)
        page.reload()


def test_somebody_sees_takes_along_and_has_taken_away_what_we_have_of_them(
    screens: Screens, running: Installation
) -> None:
    lente = called("Lente")
    wide = as_participant(screens, running, lente, screen=SCREEN)
    wide.goto("/mijn/gegevens")
    screens.check(wide, "own-data")
    page = as_participant(screens, running, lente, screen={**PHONE, "width": 320})
    page.goto("/mijn/gegevens")
    screens.check(page, "own-data")
    assert page.title() == "Mijn gegevens"
    with page.expect_download() as download:
        page.get_by_role("link", name="Neem alles mee").click()
    assert json.loads(download.value.path().read_text("utf-8"))["person"]["call_name"] == "Lente"

    page.get_by_role("link", name="Ik wil dat alles weggaat").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Alles van je weghalen?")
    screens.check(page, "own-data-take-away")
    page.get_by_role("button", name="Haal alles weg").press("Enter")
    until_done(page, "We halen alles weg")
    expect(page.get_by_role("heading", level=1)).to_have_text("Alles is weg")
    screens.check(page, "own-data-gone")
    assert "Lente" not in page.content()


def test_who_may_decide_does_it_for_somebody_and_keeps_the_proof(screens: Screens) -> None:
    kim = screens.person("Kim", screen=SCREEN)
    kim.goto("/kennismaking/gegevens")
    kim.get_by_label("Om wie gaat het?").fill("storm")
    kim.get_by_role("button", name="Zoek").click()
    screens.check(kim, "data-found")
    kim.get_by_role("link", name="alles weghalen van Storm").click()
    screens.check(kim, "data-take-away-of")
    kim.get_by_role("button", name="Haal alles weg").click()
    expect(kim.get_by_role("status")).to_contain_text("Er gaat niets meer uit")
    until_done(kim, "bezig")
    screens.check(kim, "data-proof")

    phone = screens.person("Kim")
    phone.goto("/kennismaking/gegevens")
    screens.check(phone, "data-proof")
    assert "Storm" not in phone.content()
