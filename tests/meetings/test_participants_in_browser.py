"""Two people in one group who are called alike can be kept apart on every page, also by who hears the page."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from services.meetings.commands.attendance import close_meeting, record_attendance
from services.meetings.commands.meeting_changes import cancel_meeting
from services.meetings.models import Membership
from shared.ids import new_id
from tests.support.http_server import served

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_no_two_landmarks_or_buttons_of_a_page_have_the_same_name(harness: Any, browser: Browser) -> None:
    group_id = harness.group()
    members = [harness.member(group_id, "Noor", starts_on=date(2026, 11, 10)) for _ in range(2)]
    missed, tonight, off = (harness.meeting(group_id, on=date(2026, 11, day)) for day in (17, 24, 30))
    kim = harness.actor(harness.kim)
    harness.clock_at("2026-11-17 20.00")
    for membership_id in members:
        harness.reached(Membership.get_by_id(membership_id).participant_id)
        harness.agrees(membership_id, "missed_you_call")
        about = {"membership_id": membership_id, "mark": "absent", "request_id": new_id()}
        record_attendance(kim, meeting_id=missed, **about)
    harness.consume()
    close_meeting(kim, meeting_id=missed, request_id=new_id())
    cancel_meeting(kim, meeting_id=off, request_id=new_id())
    paths = [f"/bijeenkomsten/{tonight}/afmeldingen", f"/bijeenkomsten/{off}/vertellen", "/bellijst", "/"]
    paths += [f"/groepen/{group_id}", f"/bijeenkomsten/{missed}"]
    alike: list[tuple[str, object]] = []

    with served(harness.app) as url:
        page = browser.new_context(base_url=url, locale="nl-NL").new_page()
        page.goto("/inloggen")
        page.get_by_role("button", name="Kim:").click()
        page.wait_for_url(f"{url}/")
        for path in paths:
            page.goto(path)
            violations = Axe().run(page, options={"runOnly": ["best-practice"]}).response["violations"]
            alike += [(path, violation["id"]) for violation in violations]
            names = page.locator("main form button:visible").evaluate_all(
                "all => all.filter(one => !one.closest('[role=group]')).map(one => one.textContent.trim())"
            )
            alike += [(path, name) for name in set(names) if names.count(name) > 1]
        page.context.close()

    assert alike == []
