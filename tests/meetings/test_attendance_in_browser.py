"""Taking attendance on a phone: what is there at once, how each answer looks, and everybody by one press."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.meetings.test_meetings_in_browser import STRIP, at_meeting, choice, evening, marks
from tests.support.screens import PHONE, barriers, enlarge

pytestmark = [pytest.mark.browser, pytest.mark.slow]
__all__ = ["evening"]


def test_on_a_phone_the_first_answer_is_there_without_scrolling_each_in_its_own_colour(
    evening: Any, browser: Browser
) -> None:
    context, page = at_meeting(evening, browser, viewport=PHONE)

    shown = choice(page, "Jip", "Aanwezig").bounding_box()
    strip = page.locator(STRIP).bounding_box()
    assert shown["y"] + shown["height"] < strip["y"]
    for name, mark in (("Jip", "Aanwezig"), ("Noor", "Afgemeld"), ("Robin", "Gemist")):
        choice(page, name, mark).click()
    colours = page.locator("[aria-pressed=true]").evaluate_all(
        "all => all.map(one => getComputedStyle(one).backgroundColor)"
    )
    signs = page.locator("[aria-pressed=true] path").evaluate_all("all => all.map(one => one.getAttribute('d'))")
    assert (len(set(colours)), len(set(signs))) == (3, 3)
    enlarge(page)
    assert barriers(page) == []
    context.close()


@pytest.mark.parametrize("with_script", [True, False])
def test_everybody_is_there_by_one_press_also_after_a_tap(
    evening: Any, browser: Browser, with_script: bool
) -> None:
    context, page = at_meeting(evening, browser, java_script_enabled=with_script)
    choice(page, "Jip", "Gemist").click()
    page.get_by_label("Onderwerp voor de volgende keer").fill("Hulp vragen")

    page.get_by_role("button", name="Iedereen is er").click()

    expect(page.locator(".together")).to_contain_text("2 mensen staan nu op aanwezig.")
    expect(page.get_by_label("Onderwerp voor de volgende keer")).to_have_value("Hulp vragen")
    assert marks(evening) == {"Jip": "absent", "Noor": "present", "Robin": "present"}
    page.get_by_role("button", name="Maak ongedaan").click()
    expect(page.get_by_role("button", name="Iedereen is er")).to_be_visible()
    assert marks(evening) == {"Jip": "absent", "Noor": "not_recorded", "Robin": "not_recorded"}
    context.close()
