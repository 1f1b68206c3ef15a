"""The pages in a real browser: a phone that loses its connection, a keyboard, no script, a narrow screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, time
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from services.meetings.commands.attendance import close_meeting, record_attendance
from services.meetings.commands.groups import appoint_facilitator
from services.meetings.queries.attendance import list_attendance
from services.meetings.queries.meetings import get_meeting
from shared.ids import new_id
from tests.support.http_server import served as serving
from tests.support.screens import NARROW, PHONE, SCREEN, barriers

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def evening(harness: Any) -> Iterator[Any]:
    """The Tuesday group at its meeting, served on a free port of this machine."""
    harness.tuesday = harness.group()
    harness.tonight = harness.meeting(harness.tuesday)
    for name in ("Noor", "Robin", "Jip"):
        harness.member(harness.tuesday, name)
    harness.clock_at("2026-11-24 19.35")
    with serving(harness.app) as harness.url:
        yield harness


def enter(harness: Any, browser: Browser, name: str = "Kim", **options: Any) -> tuple[BrowserContext, Page]:
    context = browser.new_context(base_url=harness.url, locale="nl-NL", **{"viewport": PHONE, **options})
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.goto("/inloggen")
    page.get_by_role("button", name=re.compile(f"^{name}:")).click()
    page.wait_for_url(f"{harness.url}/")
    return context, page


def at_meeting(harness: Any, browser: Browser, **options: Any) -> tuple[BrowserContext, Page]:
    context, page = enter(harness, browser, **options)
    page.goto(f"/bijeenkomsten/{harness.tonight}")
    return context, page


def choice(page: Page, name: str, how: str) -> Any:
    return page.get_by_role("group", name=name).get_by_role("button", name=how, exact=True)


def marks(harness: Any) -> dict[str, str]:
    return {line.call_name: line.mark for line in list_attendance(harness.actor(harness.kim), harness.tonight)}


def unnamed(harness: Any) -> int:
    return int(get_meeting(harness.actor(harness.kim), harness.tonight).unnamed)


def member_of(harness: Any, name: str) -> str:
    lines = list_attendance(harness.actor(harness.kim), harness.tonight)
    return next(str(line.membership_id) for line in lines if line.call_name == name)


def comes_to(page: Page, harness: Any, number: int) -> None:
    """The store has this many people without a name before long."""
    for _ in range(100):
        if unnamed(harness) == number:
            return
        page.wait_for_timeout(100)
    assert unnamed(harness) == number


STRIP = ".saved-strip"


def test_every_tap_is_saved_at_once(evening: Any, browser: Browser) -> None:
    context, page = at_meeting(evening, browser)

    choice(page, "Noor", "Aanwezig").click()
    choice(page, "Robin", "Gemist").click()
    choice(page, "Robin", "Afgemeld").click()
    for _ in range(3):
        page.get_by_role("button", name="Eén meer").click()
    page.get_by_role("button", name="Eén minder").click()
    page.wait_for_load_state("networkidle")

    shown = page.locator("[data-clock]").inner_text().rpartition(" ")[2]
    expect(page.locator(STRIP)).to_have_text(re.compile(f"^✓ Bewaard {shown.partition('.')[0]}[.]"))
    expect(page.locator("[data-count=present]")).to_have_text("1")
    expect(page.locator("output")).to_have_text("2")
    assert marks(evening) == {"Jip": "not_recorded", "Noor": "present", "Robin": "excused"}
    assert unnamed(evening) == 2
    context.close()


def test_what_is_tapped_without_connection_is_kept_and_saved_when_it_is_back(
    evening: Any, browser: Browser
) -> None:
    context, page = at_meeting(evening, browser)
    context.set_offline(True)

    choice(page, "Noor", "Aanwezig").click()
    choice(page, "Jip", "Gemist").click()
    page.get_by_role("button", name="Eén meer").click()

    expect(page.locator(STRIP)).to_have_text("3 wachten op verbinding")
    expect(choice(page, "Noor", "Aanwezig")).to_have_attribute("aria-pressed", "true")
    assert (set(marks(evening).values()), unnamed(evening)) == ({"not_recorded"}, 0)
    context.set_offline(False)
    expect(page.locator(STRIP)).to_contain_text("✓ Bewaard", timeout=40_000)
    page.wait_for_load_state("networkidle")
    assert (marks(evening), unnamed(evening)) == ({"Jip": "absent", "Noor": "present", "Robin": "not_recorded"}, 1)
    context.close()


def test_what_waits_is_shown_again_after_the_page_was_left(evening: Any, browser: Browser) -> None:
    context, page = at_meeting(evening, browser)
    page.route(re.compile(r"/(wie|zonder-naam)$"), lambda route: route.abort())
    choice(page, "Noor", "Aanwezig").click()
    page.get_by_role("button", name="Eén meer").click()
    expect(page.locator(STRIP)).to_contain_text("2 wachten")

    page.goto("/groepen")
    page.goto(f"/bijeenkomsten/{evening.tonight}")

    expect(choice(page, "Noor", "Aanwezig")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("output")).to_have_text("1")
    page.unroute_all()
    expect(page.locator(STRIP)).to_have_text(re.compile(r"^✓ Bewaard [\d.]+$"), timeout=40_000)
    # The strip says that something is saved as soon as the first of them is.
    page.wait_for_function("!Object.values(localStorage).some((kept) => kept.includes('/bijeenkomsten/'))")
    assert (marks(evening)["Noor"], unnamed(evening)) == ("present", 1)
    context.close()


def test_klaar_goes_after_what_was_tapped(evening: Any, browser: Browser) -> None:
    context, page = at_meeting(evening, browser)
    refuse = {"left": 1}

    def once_away(route: Any) -> None:
        refuse["left"] -= 1
        route.abort() if refuse["left"] >= 0 else route.continue_()

    page.route(re.compile(r"/wie$"), once_away)
    choice(page, "Noor", "Aanwezig").click()
    page.get_by_label("Onderwerp voor de volgende keer").fill("grenzen")

    page.get_by_role("button", name="Klaar").click()
    page.get_by_role("button", name="Weet ik niet, en klaar").click()

    expect(page.locator(".note").first).to_contain_text("Afgerond: 1 aanwezig")
    expect(page.get_by_label("Onderwerp voor de volgende keer")).to_have_value("grenzen")
    context.close()


def test_a_tap_after_the_pass_is_over_is_saved_without_a_word(evening: Any, browser: Browser) -> None:
    context, page = at_meeting(evening, browser)
    context.clear_cookies(name="houvast-pass")

    choice(page, "Noor", "Aanwezig").click()

    expect(page.locator(STRIP)).to_contain_text("✓ Bewaard")
    page.wait_for_load_state("networkidle")
    assert marks(evening)["Noor"] == "present"
    context.close()


def test_a_tap_after_signing_out_waits_until_somebody_is_in_again(evening: Any, browser: Browser) -> None:
    context, page = at_meeting(evening, browser)
    kept = context.cookies()
    context.clear_cookies(name=re.compile("houvast-(pass|session)"))

    choice(page, "Noor", "Aanwezig").click()
    expect(page.locator(STRIP)).to_contain_text("1 wacht tot je weer inlogt")
    assert marks(evening)["Noor"] == "not_recorded"
    context.add_cookies(kept)

    expect(page.locator(STRIP)).to_contain_text("✓ Bewaard", timeout=40_000)
    assert marks(evening)["Noor"] == "present"
    context.close()


def test_a_tap_that_is_refused_shows_what_was_chosen_before_and_why(evening: Any, browser: Browser) -> None:
    context, page = at_meeting(evening, browser)
    choice(page, "Noor", "Aanwezig").click()
    expect(page.locator(STRIP)).to_contain_text("✓ Bewaard")
    page.evaluate(
        "for (const field of document.querySelectorAll('input[name=membership_id]')) field.value = 'niemand'"
    )

    choice(page, "Noor", "Gemist").click()

    expect(page.locator(STRIP)).to_contain_text("Deze persoon doet nu niet mee")
    expect(choice(page, "Noor", "Aanwezig")).to_have_attribute("aria-pressed", "true")
    context.close()


def test_what_a_colleague_taps_appears_by_itself(evening: Any, browser: Browser) -> None:
    harness, (context, page) = evening, at_meeting(evening, browser)
    appoint_facilitator(
        harness.actor(harness.vos), group_id=harness.tuesday, staff_id=harness.sam, place="co", request_id=new_id()
    )
    sam = harness.visitor(harness.sam)
    here = f"/bijeenkomsten/{harness.tonight}"
    choice(page, "Noor", "Aanwezig").click()
    expect(page.locator(STRIP)).to_contain_text("✓ Bewaard")

    sam.tap(f"{here}/wie", membership_id=member_of(harness, "Robin"), mark="excused", seen="not_recorded")
    sam.tap(f"{here}/zonder-naam", step="1")

    expect(choice(page, "Robin", "Afgemeld")).to_have_attribute("aria-pressed", "true", timeout=20_000)
    expect(page.locator("output")).to_have_text("1")
    expect(page.locator("[data-standing-news]")).to_have_text(
        "Een collega vulde ook iets in. Dat staat er nu bij."
    )
    page.get_by_role("button", name="Eén meer").click()
    expect(page.locator("output")).to_have_text("2")
    sam.submit(sam.open(f"{here}/erbij"), f"{here}/erbij", call_name="Mees")
    expect(page.get_by_role("link", name="Toon de hele lijst")).to_be_visible(timeout=20_000)
    page.get_by_role("link", name="Toon de hele lijst").click()
    expect(choice(page, "Mees", "Aanwezig")).to_have_attribute("aria-pressed", "true")
    assert (marks(harness)["Noor"], unnamed(harness)) == ("present", 2)
    context.close()


def test_a_tap_over_a_mark_of_a_colleague_says_so_and_then_shows_it(evening: Any, browser: Browser) -> None:
    harness, (context, page) = evening, at_meeting(evening, browser)
    appoint_facilitator(
        harness.actor(harness.vos), group_id=harness.tuesday, staff_id=harness.sam, place="co", request_id=new_id()
    )
    page.route(re.compile(r"/stand$"), lambda route: route.abort())
    harness.visitor(harness.sam).tap(
        f"/bijeenkomsten/{harness.tonight}/wie", membership_id=member_of(harness, "Noor"), mark="present"
    )

    choice(page, "Noor", "Gemist").click()

    expect(page.locator(STRIP)).to_contain_text("Een collega tikte intussen iets anders aan")
    assert marks(harness)["Noor"] == "present"
    page.unroute_all()
    expect(choice(page, "Noor", "Aanwezig")).to_have_attribute("aria-pressed", "true")
    choice(page, "Noor", "Gemist").click()
    expect(page.locator(STRIP)).to_contain_text("✓ Bewaard")
    page.wait_for_load_state("networkidle")
    assert marks(harness)["Noor"] == "absent"
    context.close()


def test_of_two_who_count_heads_the_second_sees_what_the_first_saved(evening: Any, browser: Browser) -> None:
    harness, group = evening, evening.headcount_group()
    appoint_facilitator(
        harness.actor(harness.vos), group_id=group, staff_id=harness.sam, place="co", request_id=new_id()
    )
    harness.clock_at("2026-11-24 12.00")
    harness.tonight = harness.meeting(group, at=time(20))
    harness.clock_at("2026-11-24 20.10")
    context, page = at_meeting(harness, browser)
    heads, saved = page.get_by_label("Aantal mensen"), page.locator(STRIP)
    sam, path = harness.visitor(harness.sam), f"/bijeenkomsten/{harness.tonight}/aantal"

    for number in (5, 6):
        heads.fill(str(number))
        page.get_by_role("button", name="Bewaar het aantal").click()
        comes_to(page, harness, number)
    page.route(re.compile(r"/stand$"), lambda route: route.abort())
    sam.tap(path, headcount="9", seen="6")
    heads.fill("7")
    page.get_by_role("button", name="Bewaar het aantal").click()
    expect(saved).to_contain_text("Een collega vulde intussen 9 in")
    assert unnamed(harness) == 9

    page.unroute_all()
    expect(page.locator("[data-standing-news]")).to_contain_text("Een collega", timeout=20_000)
    page.get_by_role("button", name="Bewaar het aantal").click()
    comes_to(page, harness, 7)
    context.close()


def test_what_follows_is_shown_after_each_tap_before_klaar(evening: Any, browser: Browser) -> None:
    evening.agrees(member_of(evening, "Noor"), "missed_you_call")
    context, page = at_meeting(evening, browser)

    choice(page, "Noor", "Gemist").click()
    expect(page.locator("[data-follow-ups]")).to_contain_text("een plek op de bellijst")
    choice(page, "Noor", "Afgemeld").click()
    expect(page.locator("[data-follow-ups]")).not_to_contain_text("Noor")
    choice(page, "Noor", "Gemist").click()
    expect(page.locator("[data-follow-ups]")).to_contain_text("Noor")
    page.get_by_role("button", name="Klaar").click()
    page.get_by_role("button", name="Weet ik niet, en klaar").click()

    expect(page.locator(".note").first).to_contain_text("Afgerond: 0 aanwezig, 0 afgemeld, 1 gemist")
    page.goto("/")
    page.locator("main").get_by_role("link", name="Open de bellijst").first.click()
    page.get_by_text("Gebeld", exact=True).click()
    page.get_by_role("button", name="Niemand bereikt").click()
    expect(page.locator("main")).to_contain_text("Er is nu niemand om te bellen")
    context.close()


def test_attendance_by_keyboard_with_a_choice_wiped_again(evening: Any, browser: Browser) -> None:
    context, page = at_meeting(evening, browser)
    choice(page, "Jip", "Aanwezig").focus()

    page.keyboard.press("Enter")
    expect(choice(page, "Jip", "Aanwezig")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="Wis keuze van Jip")).to_be_focused()
    page.keyboard.press("Space")

    expect(choice(page, "Jip", "Aanwezig")).to_be_focused()
    expect(page.locator("[aria-pressed=true]")).to_have_count(0)
    page.wait_for_load_state("networkidle")
    assert marks(evening)["Jip"] == "not_recorded"
    context.close()


def test_nothing_that_has_the_focus_hides_behind_the_strip(evening: Any, browser: Browser) -> None:
    context, page = at_meeting(evening, browser, viewport=NARROW)
    page.locator("main").focus()

    hidden = []
    for _ in range(40):
        page.keyboard.press("Tab")
        matches = page.evaluate(
            "() => { const one = document.activeElement; if (!one.closest('main')) return null;"
            " const strip = document.querySelector('.saved-strip').getBoundingClientRect();"
            " return one.getBoundingClientRect().bottom > strip.top + 1 ? one.outerHTML.slice(0, 80) : null; }"
        )
        hidden += [matches] if matches else []

    assert hidden == []
    context.close()


def test_without_a_script_everything_works(evening: Any, browser: Browser) -> None:
    context, page = at_meeting(evening, browser, java_script_enabled=False)

    page.get_by_label("Onderwerp voor de volgende keer").fill("grenzen")
    choice(page, "Noor", "Aanwezig").click()
    page.get_by_role("button", name="Eén meer").click()
    page.get_by_role("button", name="Iemand erbij").click()
    page.get_by_label("Hoe wil diegene genoemd worden?").fill("Mees")
    page.get_by_role("button", name="Schrijf op").click()
    page.get_by_label("Onderwerp voor de volgende keer").press("Enter")
    page.get_by_role("button", name="Weet ik niet, en klaar").click()

    expect(page.locator(".note").first).to_contain_text("2 aanwezig")
    assert (marks(evening)["Noor"], marks(evening)["Mees"], unnamed(evening)) == ("present", "present", 1)
    expect(page.get_by_label("Onderwerp voor de volgende keer")).to_have_value("grenzen")
    context.close()


@pytest.mark.parametrize("size", [NARROW, PHONE, SCREEN], ids=["320", "360", "1280"])
def test_no_page_keeps_anybody_out_or_runs_off_the_screen(evening: Any, browser: Browser, size: Any) -> None:
    group, meeting, organisation = evening.tuesday, evening.tonight, evening.organisation_id
    later = evening.meeting(group, on=date(2026, 12, 1))
    counted = evening.headcount_group()
    heads = evening.meeting(counted, on=date(2026, 11, 25))
    member = list_attendance(evening.actor(evening.kim), meeting)[0].membership_id
    evening.member(group, "Storm", starts_on=date(2026, 12, 1))
    missed = evening.meeting(group, at=time(20))
    evening.clock_at("2026-11-24 20.10")
    evening.agrees(member, "missed_you_call")
    record_attendance(
        evening.actor(evening.kim), meeting_id=missed, membership_id=member, mark="absent", request_id=new_id()
    )
    close_meeting(evening.actor(evening.kim), meeting_id=missed, request_id=new_id())
    record_attendance(
        evening.actor(evening.kim), meeting_id=meeting, membership_id=member, mark="absent", request_id=new_id()
    )
    shown = {
        "Kim": [
            "/", "/groepen", f"/groepen/{group}", f"/bijeenkomsten/{meeting}", f"/bijeenkomsten/{meeting}/lijst",
            f"/bijeenkomsten/{meeting}/erbij", "/bellijst", f"/bijeenkomsten/{later}",
            f"/groepen/{group}/plannen", f"/groepen/{group}/plannen?hoe=een",
            f"/groepen/{group}/plannen?hoe=dagen", f"/groepen/{group}/deelnemers/{member}/afscheid",
        ],
        "Vos": [
            "/", f"/groepen/{counted}", f"/groepen/{group}/begeleiders", "/groepen/nieuw",
            "/groepen/nieuw?soort=recovery_workgroup", "/groepen/nieuw?soort=twelve_step",
            f"/bijeenkomsten/{heads}", "/bellijst", "/beheer", f"/beheer/{organisation}/organisatie",
            f"/beheer/{organisation}/nel", f"/beheer/{organisation}/medewerkers/nieuw",
            f"/beheer/{organisation}/medewerkers/{evening.kim}", "/nergens",
        ],
    }  # fmt: skip
    wrong = []

    for name, paths in shown.items():
        context, page = enter(evening, browser, name, viewport=size)
        for path in paths:
            page.goto(path)
            wrong += [(path, barrier) for barrier in barriers(page)]
        context.close()

    assert wrong == []
