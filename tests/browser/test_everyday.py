"""The everyday cases as the people meet them, in a real browser: on a phone, by keyboard, without a script."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from deploy.local.installation import Installation
from tests.browser.conftest import Screens, mails_to, until
from tests.browser.demo_week import BRAM, BRIGHT, GROUP, KEES, DemoWeek
from tests.support.screens import PHONE, SCREEN

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def running(demo_week: DemoWeek) -> Installation:
    return demo_week.installation


def link_in_mail_to(running: Installation, address: str, pattern: str) -> str:
    """The newest link of this sort that somebody was sent."""
    for mail in mails_to(running, address):
        body = mail.get_body(("plain",))
        match = re.search(pattern, "" if body is None else body.get_content())
        if match:
            return match[0]
    raise LookupError(f"{address} was never sent {pattern}")


def codes_to(running: Installation, address: str) -> list[str]:
    """The codes that somebody was sent, the newest first."""
    texts = [str(mail.get_body(("plain",)).get_content()) for mail in mails_to(running, address)]  # type: ignore[union-attr]
    return [match[1] for text in texts if (match := re.search(r"Je code is (\d{6})", text))]


def without_the_world(page: Page) -> Page:
    """The page to which the quick exit leads, without asking anybody for it."""
    page.route("https://www.knmi.nl/**", lambda route: route.fulfill(body="weer", content_type="text/html"))
    return page


def come_in(page: Page, running: Installation, address: str) -> None:
    before = len(codes_to(running, address))
    page.goto(link_in_mail_to(running, address, r"/mijn/naar/[\w-]+"))
    page.get_by_role("button", name="Stuur me een code").press("Enter")
    until(lambda: len(codes_to(running, address)) > before)
    page.get_by_label("Zes cijfers").fill(codes_to(running, address)[0])
    page.get_by_label("Zes cijfers").press("Enter")
    page.wait_for_url(f"{running.url}/mijn")


def tab_and_enter(page: Page, text: str) -> None:
    """Press Tab until this has the focus, and Enter to go where it leads."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if text in page.evaluate("document.activeElement.textContent"):
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
    raise AssertionError(f"Tab never came to {text!r} on {page.url}")


# --- what needs me today ---


def test_who_leads_a_group_finds_on_vandaag_what_waits_in_every_part_and_does_it(screens: Screens) -> None:
    sam = screens.person("Sam")

    until(lambda: sam.get_by_role("heading", name="Antwoorden").is_visible())

    main = sam.locator("main")
    expect(main).to_contain_text("gaat niet door: 1 persoon krijgt geen bericht")
    expect(main).to_contain_text("1 persoon was er niet op")
    expect(main).to_contain_text("1 bericht staat klaar voor wie er niet was")
    expect(main).to_contain_text("1 persoon schreef iets terug")
    expect(main).not_to_contain_text(re.compile(f"{BRAM}|{KEES}|Misschien|wacht niets"))
    screens.check(sam, "today")
    sam.get_by_role("link", name=re.compile("Bekijk.*Gemist")).click()
    write_a_line_and_call(screens, sam)


def write_a_line_and_call(screens: Screens, sam: Page) -> None:
    """What a facilitator can do for who was missed: write a sentence along, and call."""
    sam.get_by_label("Jouw zin voor").fill("Tot zaterdag?")
    sam.get_by_role("button", name="Bewaar je zin").click()
    expect(sam.locator("main")).to_contain_text("Tot zaterdag?")
    screens.check(sam)

    sam.goto("/bellijst")
    sam.get_by_text("Gebeld", exact=True).click()
    sam.locator(".call").first.scroll_into_view_if_needed()
    screens.check(sam, "call-list")
    sam.get_by_role("button", name="De reis").click()

    expect(sam.locator("main")).to_contain_text("Er is nu niemand om te bellen")
    screens.check(sam)


def test_vandaag_tells_a_messenger_which_messages_ask(screens: Screens) -> None:
    robin = screens.person("Robin", screen={**PHONE, "width": 320})

    expect(robin.locator("main")).to_contain_text(re.compile(r"\d berichten kwamen niet aan"))

    screens.check(robin)
    robin.get_by_role("link", name=re.compile("Bekijk.*Berichten")).press("Enter")
    expect(robin.get_by_role("heading", level=1)).to_have_text("Berichten")


def test_vandaag_says_that_nothing_waits_only_when_every_part_said_so(screens: Screens) -> None:
    luca = screens.person("Luca", screen=SCREEN)
    luca.route("**/berichten/wacht", lambda route: route.fulfill(status=204))
    luca.goto("/")
    expect(luca.locator("[data-elsewhere]")).to_be_hidden()

    luca.route("**/berichten/wacht", lambda route: route.abort())
    luca.goto("/")

    expect(luca.get_by_role("link", name=re.compile("Kijk.*Antwoorden"))).to_be_visible()
    expect(luca.get_by_text("Er is nu niets dat op jou wacht")).to_have_count(0)
    screens.check(luca)


# --- somebody who takes part ---


def test_somebody_tired_calls_off_on_a_phone_looks_around_and_is_gone_at_once(
    screens: Screens, running: Installation
) -> None:
    page = without_the_world(screens.person())
    page.goto(link_in_mail_to(running, "noor@example.org", r"/mijn/afmelden/[\w-]+"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Kom je deze keer niet?")
    screens.check(page, "call-off")
    assert page.title() == "Afspraak"
    assert GROUP not in page.content()
    page.get_by_role("button", name="Ik kom deze keer niet").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Je bent afgemeld")
    screens.check(page)

    come_in(page, running, "noor@example.org")
    expect(page.get_by_text("Je hebt je afgemeld")).to_have_count(1)
    expect(page.locator("main")).to_contain_text("Deze keer: De Molenzaal, Molenpad 12, Lindeveen")
    screens.check(page, "mine")
    page.get_by_role("link", name="Ik kom toch").click()
    page.get_by_role("button", name="Ik kom toch wel").click()
    page.get_by_role("link", name="Terug naar je pagina").click()
    page.wait_for_url(f"{running.url}/mijn")
    expect(page.get_by_text("Je hebt je afgemeld")).to_have_count(0)

    for name in (
        "Welke berichten je krijgt",
        "Je afspraken in je eigen agenda",
        "Wat we van je bewaren",
        "Wie er naar",
    ):
        with page.expect_navigation():
            page.get_by_role("link", name=re.compile(name)).click()
        screens.check(page)
        page.get_by_role("link", name=re.compile("^Terug")).click()
        page.wait_for_url(f"{running.url}/mijn")
    page.get_by_role("link", name=re.compile("Snel weg")).click()
    page.wait_for_url("https://www.knmi.nl/**")
    page.goto(f"{running.url}/mijn")
    expect(page.get_by_role("heading", level=1)).to_have_text("Naar je eigen pagina")


def test_ones_own_page_by_keyboard_alone(screens: Screens, running: Installation) -> None:
    page = without_the_world(screens.person(screen={**PHONE, "width": 320}))
    come_in(page, running, "bram@example.org")

    tab_and_enter(page, "Ik kom niet")
    tab_and_enter(page, "Ik kom deze keer niet")
    expect(page.get_by_role("heading", level=1)).to_have_text("Je bent afgemeld")
    tab_and_enter(page, "Terug naar je pagina")
    expect(page.get_by_text("Je hebt je afgemeld")).to_have_count(1)
    tab_and_enter(page, "Welke berichten je krijgt")
    page.get_by_label("Alleen e-mail").focus()
    page.keyboard.press("ArrowDown")
    tab_and_enter(page, "Bewaar")
    expect(page.get_by_role("status")).to_be_visible()
    screens.check(page)
    tab_and_enter(page, "Uitloggen")

    expect(page.get_by_role("heading", level=1)).to_have_text("Je bent uitgelogd")
    screens.check(page)


# --- who works here ---


def test_a_messenger_follows_a_moved_meeting_through_the_services(screens: Screens) -> None:
    robin = screens.person("Robin", screen=SCREEN)
    robin.goto("/gebeurtenissen?soort=meeting_moved")
    screens.check(robin)

    robin.locator("main").get_by_role("link", name="Bijeenkomst verplaatst").first.click()

    expect(robin.locator("main")).to_contain_text("Verwerkt door Berichten")
    expect(robin.locator("main")).to_contain_text("We hebben geen adres of nummer")
    screens.check(robin, "event")
    robin.locator("main").get_by_role("link", name="Bijeenkomst verplaatst").first.click()
    expect(robin.get_by_role("link", name="Terug naar de berichten")).to_be_visible()


def test_a_coordinator_calls_a_meeting_off_and_who_leads_it_hears_whom_to_tell(
    screens: Screens, demo_week: DemoWeek
) -> None:
    kim, meeting = screens.person("Kim"), demo_week.meetings[4]
    kim.goto(f"/bijeenkomsten/{meeting}/wijzigen")
    kim.get_by_text("Zeg deze bijeenkomst af").click()
    screens.check(kim)
    kim.get_by_role("button", name=re.compile("niet door|af")).last.click()
    expect(kim.get_by_role("status")).to_contain_text("gaat niet door")
    screens.check(kim)
    kim.get_by_role("link", name=re.compile("Terug naar de bijeenkomst")).click()
    expect(kim.locator("main")).to_contain_text("Deze bijeenkomst gaat niet door")
    screens.check(kim)

    sam = screens.person("Sam")

    sam.locator("main").get_by_role("link", name="Bekijk wie").last.click()
    expect(sam.locator("main")).to_contain_text(KEES)
    expect(sam.locator("main")).not_to_contain_text(BRIGHT)
    screens.check(sam)
