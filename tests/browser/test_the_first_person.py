"""The journey of the first person in a real browser, on a phone and by keyboard: the screen is the proof."""

from __future__ import annotations

import re
from datetime import date, timedelta
from datetime import time as hour

import pytest
from playwright.sync_api import Page, expect

from deploy.local.installation import Installation
from shared import clock
from tests.browser.conftest import Screens, mails_to, until
from tests.support.screens import SCREEN

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]


def next_day(weekday: int) -> date:
    return clock.today() + timedelta(days=(weekday - clock.today().weekday() - 1) % 7 + 1)


def sign_up(screens: Screens, name: str, email: str) -> None:
    page = screens.person()
    page.goto("/aanmelden/de-kade")
    screens.check(page, "sign-up")
    page.locator("#f-call_name").fill(name)
    page.locator("#f-email").fill(email)
    page.get_by_label("Een herinnering, de avond voor een bijeenkomst").check()
    page.get_by_label("Een vragenlijst voor jezelf").check()
    page.locator("main details summary").first.click()
    page.get_by_label("dinsdag", exact=True).check()
    page.locator("#f-area").fill("3412")
    page.get_by_role("button", name="Meld me aan").click()
    page.wait_for_url("**/bedankt**")
    screens.check(page)


def plan_talk(screens: Screens, vos: Page, name: str, on: date) -> None:
    vos.goto("/kennismaking")
    screens.check(vos)
    vos.get_by_role("link", name=re.compile(f"Plan.*kennismaking.*voor {name}")).click()
    vos.locator("#f-on").fill(on.isoformat())
    vos.locator("#f-at").fill("14:00")
    vos.locator("#f-host_staff_id").select_option(label="Vos")
    vos.locator("#f-place").fill("Buurthuis De Brug, Brugstraat 1, Lindeveen")
    screens.check(vos)
    vos.get_by_role("button", name="Plan de kennismaking").click()
    expect(vos.get_by_role("status")).to_contain_text("gepland")


def hold_talk_and_place(screens: Screens, vos: Page) -> None:
    vos.reload()
    vos.get_by_role("link", name="Vertel hoe het ging").click()
    vos.get_by_label("Doet mee").check()
    screens.check(vos, "match")
    vos.locator("input[name=group_id]").first.check()
    vos.get_by_role("button", name="Bewaar").click()
    expect(vos.get_by_role("status")).to_contain_text("De plek is gegeven")
    expect(vos.locator("main")).to_contain_text("Dinsdaggroep")
    screens.check(vos)


def fill_in(screens: Screens, running: Installation, email: str) -> None:
    """By keyboard alone, on a phone: arrow to an answer, Enter to go on."""
    link = next(
        match[0]
        for mail in mails_to(running, email)
        if (match := re.search(r"/mijn/vragenlijst/[\w-]+", str(mail.get_body(("plain",)).get_content())))  # type: ignore[union-attr]
    )
    noor = screens.person()
    noor.goto(link)
    screens.check(noor)
    noor.get_by_role("link", name="Beginnen").press("Enter")
    screens.check(noor, "questionnaire")
    for _ in range(30):
        noor.locator("input[name=answer]").first.focus()
        noor.keyboard.press("ArrowDown")
        with noor.expect_navigation():
            noor.keyboard.press("Enter")
    expect(noor.locator("main")).to_contain_text(re.compile("Dank|Klaar|Fijn"))
    screens.check(noor)


def test_the_first_person_gets_from_signing_up_to_being_present(screens: Screens, running: Installation) -> None:
    clock.move_to(clock.instant(clock.today() + timedelta(days=1), hour(10)))
    email, talk_on = "jade@example.org", next_day(3)

    sign_up(screens, "Jade", email)
    vos = screens.person("Vos", screen=SCREEN)
    until(lambda: "Jade" in (vos.goto("/") and vos.content()))
    plan_talk(screens, vos, "Jade", talk_on)
    until(lambda: len(mails_to(running, email)) == 2)
    clock.move_to(clock.instant(talk_on - timedelta(days=1), hour(18, 5)))
    until(lambda: len(mails_to(running, email)) == 3)
    clock.move_to(clock.instant(talk_on, hour(14, 50)))
    hold_talk_and_place(screens, vos)
    until(lambda: len(mails_to(running, email)) == 5)
    fill_in(screens, running, email)
    tuesday = talk_on + timedelta(days=5)
    clock.move_to(clock.instant(tuesday - timedelta(days=1), hour(18, 5)))
    until(lambda: len(mails_to(running, email)) == 6)

    subjects = [str(mail["Subject"]) for mail in reversed(mails_to(running, email))]
    assert clock.day_text(talk_on) in subjects[1]
    assert clock.day_text(talk_on) in subjects[2]
    assert clock.day_text(tuesday) in subjects[5]
    take_attendance(screens, tuesday)


def take_attendance(screens: Screens, tuesday: date) -> None:
    clock.move_to(clock.instant(tuesday, hour(19, 25)))
    sam = screens.person("Sam")
    screens.check(sam)
    sam.locator("main a[href^='/bijeenkomsten/']").first.click()
    tap(sam, "Jade", "Aanwezig")
    screens.check(sam, "attendance")
    sam.context.set_offline(True)
    tap(sam, "Lente", "Aanwezig")
    expect(sam.locator("[data-saved]")).to_contain_text("wacht")
    sam.context.set_offline(False)
    expect(sam.locator("[data-saved]")).to_contain_text("Bewaard", timeout=40_000)
    expect(sam.locator("[data-saved]")).not_to_contain_text("wacht", timeout=40_000)
    sam.reload()
    assert pressed(sam, "Jade") == pressed(sam, "Lente") == "Aanwezig"
    clock.move_to(clock.instant(tuesday, hour(19, 35)))
    sam.get_by_role("button", name="Klaar").click()
    sam.get_by_role("button", name="Weet ik niet, en klaar").click()
    expect(sam.locator(".note").first).to_contain_text("Afgerond: 2 aanwezig")
    screens.check(sam)


def tap(page: Page, name: str, mark: str) -> None:
    page.locator("[data-choice]", has_text=name).get_by_role("button", name=mark).click()


def pressed(page: Page, name: str) -> str:
    return page.locator("[data-choice]", has_text=name).locator("[aria-pressed=true]").inner_text().strip()


@pytest.mark.parametrize("name", ["Kim", "Vos", "Sam", "Robin"])
def test_every_page_in_somebodys_menu_can_be_used_by_everybody(screens: Screens, name: str) -> None:
    page = screens.person(name, screen={"width": 320, "height": 640})
    addresses = page.locator("nav.menu a").evaluate_all("links => links.map(one => one.getAttribute('href'))")

    for address in addresses:
        page.goto(address)
        screens.check(page)

    assert addresses[0] == "/"


def test_the_pages_of_a_messenger_show_the_states_of_a_message(screens: Screens) -> None:
    robin = screens.person("Robin", screen=SCREEN)

    robin.goto("/berichten?stand=accepted")
    screens.check(robin)
    robin.locator("main table a[href^='/berichten/0']").first.click()

    screens.check(robin, "message")
    expect(robin.locator("main")).to_contain_text("Verstuurd")


def test_quick_exit_leaves_at_once_and_going_back_does_not_return(screens: Screens) -> None:
    page = screens.person()
    page.route("https://www.knmi.nl/**", lambda route: route.fulfill(body="elders", content_type="text/html"))
    page.goto("/inloggen")
    page.goto("/aanmelden/de-kade")

    page.get_by_role("link", name=re.compile("Snel weg")).click()
    page.wait_for_url("https://www.knmi.nl/**")
    page.go_back()

    assert "aanmelden" not in page.url
    assert "Hoe mogen we je noemen" not in page.content()


def test_signing_up_works_by_keyboard_alone(screens: Screens) -> None:
    page = screens.person()
    page.goto("/aanmelden/de-kade")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Naar de inhoud"
    page.keyboard.press("Enter")
    while page.evaluate("document.activeElement.id") != "f-call_name":
        page.keyboard.press("Tab")
    page.keyboard.type("Bliek")
    page.keyboard.press("Enter")

    page.wait_for_url("**/bedankt**")
    screens.check(page)
