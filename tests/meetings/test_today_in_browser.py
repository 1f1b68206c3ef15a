"""Vandaag in a real browser, in each role: nothing keeps anybody out, and the day stands where it can be seen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from services.intake import events as intake
from services.meetings.commands.closing import mark_not_reported
from services.meetings.commands.meeting_changes import cancel_meeting
from shared.ids import new_id
from tests.meetings.test_meetings_in_browser import enter
from tests.support.http_server import served as serving
from tests.support.screens import PHONE, SCREEN, check

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ROLES = ("coordinator", "intro_worker", "facilitator", "messenger", "manager")


@pytest.fixture
def day(harness: Any) -> Iterator[Any]:
    """A Tuesday with something of everything, and somebody new for each role."""
    groups = [harness.group(name) for name in ("Dinsdaggroep", "Kring aan de kade")]
    for group_id, name in zip(groups, ("Noor", "Storm"), strict=True):
        harness.member(group_id, name, starts_on=date(2026, 11, 17))
        harness.meeting(group_id, on=date(2026, 11, 17))
    harness.clock_at("2026-11-24 09.00")
    mark_not_reported()
    for day_of_month, hour in ((24, 10), (24, 19), (25, 20)):
        meeting_id = harness.meeting(groups[0], on=date(2026, 11, day_of_month), at=time(hour))
    cancel_meeting(harness.actor(harness.kim), meeting_id=meeting_id, request_id=new_id())
    for name, on in (("Robin", "2026-11-24"), ("Mees", "2026-11-25"), ("Jip", "2026-11-23")):
        harness.talk(intake.INTRO_TALK_SCHEDULED, new_id(), harness.signed_up(harness.participant(name)), on=on)
    harness.signed_up(harness.participant("Sneeuw"))
    harness.consume()
    for role in ROLES:
        harness.colleague(f"Een {role}", role)
    harness.clock_at("2026-11-24 10.30")
    with serving(harness.app) as harness.url:
        yield harness


def left_of(page: Page, selector: str) -> float:
    box = page.locator(selector).bounding_box()
    assert box is not None
    return float(box["x"])


@pytest.mark.parametrize("size", [PHONE, SCREEN], ids=["phone", "screen"])
@pytest.mark.parametrize("name", ["Kim", "Sam", "Vos", *(f"Een {role}" for role in ROLES)])
def test_nothing_keeps_anybody_out(day: Any, browser: Browser, name: str, size: Any) -> None:
    context, page = enter(day, browser, name, viewport=size)
    expect(page.get_by_role("heading", name="Wat wil je doen?")).to_be_visible()

    check(page, f"today-{name.split(' ')[-1].lower()}")
    context.close()


def test_the_day_stands_beside_what_waits_on_a_screen_and_above_it_on_a_phone(day: Any, browser: Browser) -> None:
    context, page = enter(day, browser, "Sam", viewport=SCREEN)
    assert left_of(page, ".today__day") == left_of(page, ".today__start") < left_of(page, ".today__needs")

    page.set_viewport_size(PHONE)

    assert left_of(page, ".today__day") == left_of(page, ".today__start") == left_of(page, ".today__needs")
    context.close()


def test_the_meeting_of_today_is_one_press_away_by_keyboard_and_without_a_script(
    day: Any, browser: Browser
) -> None:
    context, page = enter(day, browser, "Kim", viewport=PHONE, java_script_enabled=False)

    page.get_by_role("link", name="Wie is er?").first.press("Enter")

    expect(page.get_by_role("heading", name="Dinsdaggroep")).to_be_visible()
    context.close()
